"""Expected numbers of OptimizerTest and GradientClippingTest, by PyTorch in float64.

Run: apt-get install python3-torch python3-numpy; python3 optimizers.py
Each case takes five steps on two parameters of three numbers. At step t (from 0) the gradient of number i is
sin(7 t + 3 i + 1) for w and cos(5 t + 2 i) for late, which gets none at steps 0 and 1; the learning rate is rate / (1 + t).
"""
import math
import torch

W, LATE = [0.5, -1.25, 2.0], [0.0, 0.001, -3.0]


def run(make):
    w = torch.nn.Parameter(torch.tensor(W, dtype=torch.float64))
    late = torch.nn.Parameter(torch.tensor(LATE, dtype=torch.float64))
    optimizer = make(w, late)
    rates = [group["lr"] for group in optimizer.param_groups]
    for t in range(5):
        w.grad = torch.tensor([math.sin(7 * t + 3 * i + 1) for i in range(3)], dtype=torch.float64)
        late.grad = None if t < 2 else torch.tensor([math.cos(5 * t + 2 * i) for i in range(3)], dtype=torch.float64)
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate / (1 + t)
        optimizer.step()
    return w.tolist() + late.tolist()


o = torch.optim
CASES = {
    "sgd plain": lambda w, late: o.SGD([w, late], 0.1),
    "sgd decay": lambda w, late: o.SGD([w, late], 0.1, weight_decay=0.02),
    "sgd momentum": lambda w, late: o.SGD([w, late], 0.1, momentum=0.9),
    "sgd momentum decay": lambda w, late: o.SGD([w, late], 0.1, momentum=0.9, weight_decay=0.02),
    "sgd nesterov decay": lambda w, late: o.SGD([w, late], 0.1, momentum=0.9, weight_decay=0.02, nesterov=True),
    "sgd groups": lambda w, late: o.SGD(
        [dict(params=[w]), dict(params=[late], lr=1.0, weight_decay=0)], 0.1, momentum=0.9, weight_decay=0.02),
    "adam": lambda w, late: o.Adam([w, late], 0.05),
    "adam decay": lambda w, late: o.Adam([w, late], 0.05, weight_decay=0.02),
    "adam betas": lambda w, late: o.Adam([w, late], 0.05, betas=(0.5, 0.9), eps=0.001),
    "adamw": lambda w, late: o.AdamW([w, late], 0.05, weight_decay=0.2),
    "adamw groups": lambda w, late: o.AdamW(
        [dict(params=[w]), dict(params=[late], lr=0.5, weight_decay=0)], 0.05, weight_decay=0.2),
}
for name, make in CASES.items():
    print(name.ljust(18), *("%12.9f" % x for x in run(make)), sep=" | ")

print()
for limit in (100.0, 2.0, 0.01):
    w = torch.nn.Parameter(torch.zeros(2, 2, dtype=torch.float64))
    b = torch.nn.Parameter(torch.zeros(3, dtype=torch.float64))
    w.grad = torch.tensor([[1.0, -2.0], [3.0, 0.5]], dtype=torch.float64)
    b.grad = torch.tensor([0.25, -4.0, 0.125], dtype=torch.float64)
    norm = torch.nn.utils.clip_grad_norm_([w, b], limit)
    print(limit, *("%.9f" % x for x in [norm] + w.grad.flatten().tolist() + b.grad.tolist()), sep=" | ")
