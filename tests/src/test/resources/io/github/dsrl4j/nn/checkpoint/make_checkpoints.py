#!/usr/bin/env python3
"""Makes the PyTorch files of this folder, which the tests of the checkpoint readers read.

Run in this folder with PyTorch 1.13 (Debian: python3-torch, python3-numpy). The values follow simple rules that the tests
repeat. Most files are made twice: NAME.legacy.pt is the stream of PyTorch before 1.6, NAME.pt the zip container.
"""
import zipfile
from collections import OrderedDict

import torch


def save(value, name, **options):
    torch.save(value, name + ".pt", **options)
    torch.save(value, name + ".legacy.pt", _use_new_zipfile_serialization=False, **options)


# Element i of a tensor is i - 2, as far as its type can say so.
def ramp(dtype, *shape):
    count = 1
    for extent in shape:
        count *= extent
    return (torch.arange(count) - 2).to(dtype).reshape(shape)


save(
    OrderedDict(
        float32=ramp(torch.float32, 2, 3),
        float16=ramp(torch.float16, 5),
        bfloat16=ramp(torch.bfloat16, 5),
        float64=ramp(torch.float64, 5) / 4,
        int64=ramp(torch.int64, 5) * 1000000,
        int32=ramp(torch.int32, 5),
        int16=ramp(torch.int16, 5),
        int8=ramp(torch.int8, 5),
        uint8=torch.arange(250, 256, dtype=torch.uint8),
        bool=torch.tensor([True, False, True]),
        scalar=torch.tensor(7, dtype=torch.int64),
        empty=torch.zeros(0, 3),
    ),
    "dtypes",
)

base = ramp(torch.float32, 4, 6)
save(
    {
        "base": base,
        "transposed": base.t(),
        "row": base[1],
        "column": base[:, 2],
        "step": base[::2, 1::3],
        "permuted": ramp(torch.float32, 2, 3, 4).permute(2, 0, 1),
        "expanded": torch.tensor([1.0, 2.0]).unsqueeze(1).expand(2, 3),
        "half_of_shared": ramp(torch.float16, 8)[4:],
    },
    "views",
)

# A training script's file: module (with the attribute _metadata), optimiser, schedule, and plain values.
torch.manual_seed(0)
model = torch.nn.Sequential(
    OrderedDict(conv=torch.nn.Conv2d(1, 2, 3, bias=False), bn=torch.nn.BatchNorm2d(2), act=torch.nn.PReLU(2))
)
with torch.no_grad():
    model.conv.weight.copy_(ramp(torch.float32, 2, 1, 3, 3))
optimizer = torch.optim.Adam(model.parameters())
schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [1, 2])
model(torch.ones(1, 1, 4, 4)).sum().backward()
optimizer.step()
schedule.step()
with torch.no_grad():
    model.conv.weight.copy_(ramp(torch.float32, 2, 1, 3, 3))
save(
    {
        "epoch": 3,
        "best": 0.5,
        "args": ["a", None, (1, 2), -1, 70000, 2**40, True, "\u00e9", torch.Size([1, 2]), torch.float16, torch.device("cpu")],
        "optimizer": optimizer.state_dict(),
        "scheduler": schedule.state_dict(),
        "state_dict": torch.nn.DataParallel(model).state_dict(),
    },
    "training",
)

# Parameters themselves, one compiled inside.
save({"model": {"head._orig_mod.weight": torch.nn.Parameter(ramp(torch.float32, 2)), "gamma": model.act.weight}}, "parameters")

# Newer pickle protocols take other opcodes for the same.
torch.save({"weight": ramp(torch.float32, 3), "note": "x" * 300}, "protocol4.pt", pickle_protocol=4)

# Two models side by side: only a key tells which is meant.
save({"generator": {"w": ramp(torch.float32, 1)}, "discriminator": {"w": ramp(torch.float32, 2)}}, "two_models")

# The whole module, which names classes to be constructed. (The older stream would hold PyTorch's own source text as well.)
torch.save(model.act, "whole_module.pt")

# What a zip tool makes of it: the same entries, deflated.
with zipfile.ZipFile("training.pt") as source, zipfile.ZipFile("deflated.pt", "w", zipfile.ZIP_DEFLATED) as target:
    for entry in source.infolist():
        target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry), zipfile.ZIP_DEFLATED)

# What training scripts keep beside the weights: a value of nearly every class that can be pickled, most of them as keys, too.
import argparse, collections, dataclasses, datetime, decimal, enum, fractions, functools, pathlib, re, types, uuid  # noqa: E401

import numpy


class Color(enum.Enum):
    ROAD = 1


@dataclasses.dataclass
class Recipe:
    rate: float


class Bag(dict):
    pass


itself = types.SimpleNamespace()
itself.itself = itself
beside = [
    *(numpy.dtype(name).type(1) for name in "bool int8 uint16 int64 float16 float32 float64 complex64".split()),
    *(numpy.ones((2, 1), name) for name in "bool int8 uint16 int64 float16 float32 float64 complex64 U3 M8[D]".split()),
    numpy.array([None, "x"], dtype=object), numpy.asfortranarray(numpy.eye(2)), numpy.dtype("f4"), numpy.mean,
    argparse.Namespace(rate=0.1), itself, collections.defaultdict(list, {"a": [1]}), collections.Counter("aab"),
    OrderedDict(a=1), collections.deque([1], 3), {1, 2}, frozenset([1]), b"bytes", bytearray(b"bytes"), 1 + 2j,
    datetime.datetime(2020, 6, 14), datetime.date(2020, 6, 14), datetime.timedelta(1), pathlib.PurePosixPath("/a/b"),
    {(128, 64, 128): "road"}, {Color.ROAD: frozenset([Color.ROAD])}, {b"x": None, 2**100: 1.5}, Recipe(0.1), Bag(a=1),
    torch.Size([1, 2]), torch.device("cuda:0"), torch.complex128, torch.ones(1), functools.partial(print, 1), slice(1, 2),
    range(3), decimal.Decimal("1.5"), fractions.Fraction(1, 3), uuid.UUID(int=1), re.compile("a"), len, Recipe, "\udc80",
    -(2**70), 2**2000, float("nan"), ValueError("x"), torch.eye(2).to_sparse(), torch.nn.Identity(),
    torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8), torch.ones(1, dtype=torch.complex128),
]  # fmt: skip
weights = {"beside": beside, **{f"v{i}": value for i, value in enumerate(beside[:-6])}}
weights = {name: value for name, value in weights.items() if not isinstance(value, torch.Tensor)}
weights["w"] = ramp(torch.float32, 3)
save(weights, "bystanders")
torch.save(weights, "bystanders_protocol1.pt", pickle_protocol=1)
torch.save(weights, "bystanders_protocol5.pt", pickle_protocol=5)


# A model as TorchScript, with an attribute and a buffer that is not saved with the others.
class Scripted(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(2, 1)])
        self.norm = torch.nn.BatchNorm1d(1)
        self.attribute = torch.ones(3)
        with torch.no_grad():
            self.layers[0].weight.copy_(ramp(torch.float32, 1, 2))

    def forward(self, x):
        return self.norm(self.layers[0](x))


torch.jit.script(Scripted()).save("scripted.pt")
torch.jit.trace(Scripted().eval(), torch.ones(1, 2)).save("traced.pt")
