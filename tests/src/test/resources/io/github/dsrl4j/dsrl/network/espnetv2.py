"""Makes espnetv2.safetensors: ESPNetv2 (s = 0.5, 11 classes) and the branches of dual super-resolution around it, in PyTorch's float64.

Run with PyTorch 1.13 (apt-get install python3-torch python3-numpy): python3 espnetv2.py espnetv2.safetensors
With --check WEIGHTS.pth GOLDEN.safetensors instead, the network is held against published weights and features of them.

Written from the papers (Mehta et al., ESPNetv2, CVPR 2019; Wang et al., DSRL, CVPR 2020) and from names and shapes of the published weights. No
weights are stored: each tensor is filled by a rule from its name, which the Java test repeats (rule below; "kinds" of the metadata says which
line of it applies to a tensor). Stored are outputs, losses, and of every gradient its norm and 16 elements.
"""
import json
import math
import struct
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

CLASSES = 11
IGNORED = 255
MASK = (1 << 64) - 1


# --- the rule ---

def fnv1a(name):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = (h ^ byte) * 0x100000001B3 & MASK
    return h


def mixed(name, count):
    z = (np.uint64(fnv1a(name)) + np.arange(count, dtype=np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def filled(name, kind, shape):
    count = int(np.prod(shape)) if len(shape) else 1
    u = (mixed(name, count) >> np.uint64(40)).astype(np.float64) / 2.0**24
    if kind == "weight":
        values = (2.0 * u - 1.0) * math.sqrt(3.0 / np.prod(shape[1:]))
    elif kind == "norm":
        values = 0.8 + 0.4 * u
    elif kind == "prelu":
        values = 0.1 + 0.3 * u
    elif kind in ("bias", "running_mean"):
        values = 0.2 * u - 0.1
    elif kind == "running_var":
        values = 0.5 + u
    elif kind == "num_batches_tracked":
        values = np.zeros(count)
    elif kind == "input":
        values = (2.0 * u - 1.0) * 2.0
    return torch.from_numpy(values.astype(np.float32).astype(np.float64).reshape(shape))


def labels(shape):
    count = int(np.prod(shape))
    values = (mixed("labels", count) % np.uint64(CLASSES)).astype(np.int64)
    values[np.arange(count) % 13 == 0] = IGNORED
    return torch.from_numpy(values.reshape(shape))


# --- ESPNetv2 ---

def conv(i, o, k, stride=1, dilation=1, groups=1, bias=False):
    return nn.Conv2d(i, o, k, stride, (k - 1) // 2 * dilation, dilation, groups, bias)


class CB(nn.Module):
    """conv, bn, and perhaps act."""

    def __init__(self, i, o, k, stride=1, groups=1, act=False):
        super().__init__()
        self.conv = conv(i, o, k, stride, 1, groups)
        self.bn = nn.BatchNorm2d(o)
        if act:
            self.act = nn.PReLU(o)

    def forward(self, x):
        y = self.bn(self.conv(x))
        return self.act(y) if hasattr(self, "act") else y


class Dilated(nn.Module):
    def __init__(self, c, stride, dilation):
        super().__init__()
        self.conv = conv(c, c, 3, stride, dilation, c)

    def forward(self, x):
        return self.conv(x)


class BR(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.bn = nn.BatchNorm2d(c)
        self.act = nn.PReLU(c)

    def forward(self, x):
        return self.act(self.bn(x))


class EESP(nn.Module):
    def __init__(self, i, o, stride, limit):
        super().__init__()
        n = o // 4
        self.proj_1x1 = CB(i, n, 1, groups=4, act=True)
        sizes = sorted(k if k <= limit else 3 for k in (3, 5, 7, 9))
        self.spp_dw = nn.ModuleList(Dilated(n, stride, (k - 1) // 2) for k in sizes)
        self.conv_1x1_exp = CB(o, o, 1, groups=4)
        self.br_after_cat = BR(o)
        self.module_act = nn.PReLU(o)
        self.stride = stride

    def forward(self, x):
        p = self.proj_1x1(x)
        parts = [self.spp_dw[0](p)]
        for k in range(1, 4):
            parts.append(self.spp_dw[k](p) + parts[-1])
        y = self.conv_1x1_exp(self.br_after_cat(torch.cat(parts, 1)))
        if self.stride == 2:
            return y
        return self.module_act(y + x if y.shape == x.shape else y)


class Down(nn.Module):
    def __init__(self, i, o, limit):
        super().__init__()
        self.eesp = EESP(i, o - i, 2, limit)
        self.inp_reinf = nn.Sequential(CB(3, 3, 3, act=True), CB(3, o, 1))
        self.act = nn.PReLU(o)

    def forward(self, x, image):
        y = torch.cat([F.avg_pool2d(x, 3, 2, 1), self.eesp(x)], 1)
        return self.act(y + self.inp_reinf(image))


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.level1 = CB(3, c[0], 3, 2, act=True)
        self.level2_0 = Down(c[0], c[1], 13)
        self.level3_0 = Down(c[1], c[2], 11)
        self.level3 = nn.ModuleList(EESP(c[2], c[2], 1, 9) for _ in range(3))
        self.level4_0 = Down(c[2], c[3], 9)
        self.level4 = nn.ModuleList(EESP(c[3], c[3], 1, 7) for _ in range(7))

    def forward(self, image):
        images = [image]
        for _ in range(4):
            images.append(F.avg_pool2d(images[-1], 3, 2, 1))
        l1 = self.level1(image)
        l2 = self.level2_0(l1, images[2])
        l3 = self.level3_0(l2, images[3])
        for unit in self.level3:
            l3 = unit(l3)
        l4 = self.level4_0(l3, images[4])
        for unit in self.level4:
            l4 = unit(l4)
        return l1, l2, l3, l4


class CBR(nn.Module):
    def __init__(self, i, o, k, groups=1):
        super().__init__()
        self.cbr = nn.Sequential(conv(i, o, k, groups=groups), nn.BatchNorm2d(o), nn.PReLU(o))

    def forward(self, x):
        return self.cbr(x)


class BRSeq(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.br = nn.Sequential(nn.BatchNorm2d(c), nn.PReLU(c))

    def forward(self, x):
        return self.br(x)


class Shuffle(nn.Module):
    def forward(self, x):
        n, c, h, w = x.shape
        return x.view(n, 5, c // 5, h, w).transpose(1, 2).reshape(n, c, h, w)


class EffPyramid(nn.Module):
    def __init__(self, i, p, o, last):
        super().__init__()
        self.projection_layer = CBR(i, p, 1)
        self.stages = nn.ModuleList(conv(p, p, 3, groups=p) for _ in range(5))
        self.merge_layer = nn.Sequential(BRSeq(5 * p), Shuffle(), CBR(5 * p, p, 3, p), conv(p, o, 1, bias=last))
        if not last:
            self.br = BRSeq(o)

    def forward(self, x):
        x = self.projection_layer(x)
        h, w = x.shape[2:]
        parts = []
        for scale, stage in zip((2.0, 1.5, 1.0, 0.5, 0.1), self.stages):
            size = max(5, math.ceil(h * scale)), max(5, math.ceil(w * scale))
            if scale < 1:
                y = F.interpolate(stage(F.adaptive_avg_pool2d(x, size)), (h, w), mode="bilinear", align_corners=True)
            elif scale > 1:
                y = F.adaptive_avg_pool2d(stage(F.interpolate(x, size, mode="bilinear", align_corners=True)), (h, w))
            else:
                y = stage(x)
            parts.append(y)
        y = self.merge_layer(torch.cat(parts, 1))
        return self.br(y) if hasattr(self, "br") else y


class EffPointwise(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.wt_layer = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(i, o, 1, bias=False), nn.Sigmoid())
        self.expansion_layer = CBR(i, o, 3, math.gcd(i, o))

    def forward(self, x):
        return self.expansion_layer(x) * self.wt_layer(x)


class Decoder(nn.Module):
    def __init__(self, c, out):
        super().__init__()
        p = min(out // 2, 16)
        d = (64, 48, 32)
        self.bu_dec_l1 = EffPyramid(c[3], p, d[0], False)
        self.bu_dec_l2 = EffPyramid(d[0], p, d[1], False)
        self.bu_dec_l3 = EffPyramid(d[1], p, d[2], False)
        self.bu_dec_l4 = EffPyramid(d[2], p, out, True)
        self.merge_enc_dec_l2 = EffPointwise(c[2], d[0])
        self.merge_enc_dec_l3 = EffPointwise(c[1], d[1])
        self.merge_enc_dec_l4 = EffPointwise(c[0], d[2])
        for k in range(3):
            setattr(self, f"bu_br_l{k + 2}", nn.Sequential(nn.BatchNorm2d(d[k]), nn.PReLU(d[k])))

    def decode(self, features):
        y = self.bu_dec_l1(features[3])
        for k in (2, 3, 4):
            skip = getattr(self, f"merge_enc_dec_l{k}")(features[4 - k])
            y = F.interpolate(y, skip.shape[2:], mode="bilinear", align_corners=True) + skip
            y = getattr(self, f"bu_dec_l{k}")(getattr(self, f"bu_br_l{k}")(y))
        return y


class ESPNetv2(Decoder):
    def __init__(self, c, classes):
        super().__init__(c, classes)
        self.base_net = Encoder(c)

    def forward(self, image):
        y = self.decode(self.base_net(image))
        return F.interpolate(y, image.shape[2:], mode="bilinear", align_corners=True)


# --- dual super-resolution ---

class SISR(nn.Module):
    def __init__(self, c, planes):
        super().__init__()
        self.decoder = Decoder(c, planes)
        self.features = nn.Conv2d(planes, planes, 3, padding=1)
        self.sub_pixel = nn.Conv2d(planes, 3 * 16, 3, padding=1)


class Transform(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 1, bias=False)
        self.bn = nn.BatchNorm2d(o)


class DSRL(ESPNetv2):
    def __init__(self, c, classes):
        super().__init__(c, classes)
        blocks = [
            nn.Sequential(
                nn.ConvTranspose2d(classes, classes, 3, 2, 1, 1, bias=False), nn.BatchNorm2d(classes), nn.PReLU(classes))
            for _ in range(2)
        ]
        self.sssr = nn.ModuleDict({"0": blocks[0], "1": blocks[1], "prediction": nn.Conv2d(classes, classes, 1)})
        self.sisr = SISR(c, 32)
        self.transform = Transform(classes, 16)

    def forward(self, image):
        encoded = self.base_net(image)
        seg = self.sssr["1"](self.sssr["0"](self.decode(encoded)))
        logits = self.sssr["prediction"](seg)
        sr = torch.tanh(self.sisr.features(self.sisr.decoder.decode(encoded)))
        picture = F.pixel_shuffle(self.sisr.sub_pixel(sr), 4)
        size = 2 * image.shape[2] // 8, 2 * image.shape[3] // 8
        seg = F.adaptive_avg_pool2d(seg, size)
        seg = F.relu(self.transform.bn(self.transform.conv(seg)))
        return logits, picture, seg, F.adaptive_avg_pool2d(sr, size)


def affinity(seg, sr):
    def similarity(x):
        x = x.flatten(2)
        x = x / x.norm(dim=1, keepdim=True)
        return x.transpose(1, 2) @ x

    return (similarity(seg) - similarity(sr)).abs().mean()


# --- what is stored ---

def kind(model, name):
    owner, leaf = name.rsplit(".", 1)
    module = dict(model.named_modules())[owner]
    if leaf in ("running_mean", "running_var", "num_batches_tracked", "bias"):
        return leaf
    return {nn.BatchNorm2d: "norm", nn.PReLU: "prelu"}.get(type(module), "weight")


def fill(model):
    kinds = {}
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            kinds[name] = kind(model, name)
            tensor.copy_(filled(name, kinds[name], tuple(tensor.shape)))
    return kinds


def sample(tensor, count):
    flat = tensor.detach().flatten()
    return flat[[k * len(flat) // count for k in range(count)]].numpy()


def save(path, tensors, metadata):
    header = {"__metadata__": metadata}
    at = 0
    for name, values in tensors.items():
        tensors[name] = values = np.ascontiguousarray(values, dtype=np.float64)
        header[name] = {"dtype": "F64", "shape": list(values.shape), "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(values.tobytes())


def main(path):
    torch.set_default_dtype(torch.float64)
    planes = (16, 32, 64, 128)
    out = {}
    model = DSRL(planes, CLASSES)
    kinds = fill(model)
    image = filled("input", "input", (2, 3, 64, 96))
    target = filled("target", "input", (2, 3, 128, 192))
    truth = labels((2, 128, 192))

    model.eval()
    plain = ESPNetv2(planes, CLASSES)
    plain.load_state_dict({k: v for k, v in model.state_dict().items() if not k.startswith(("sssr", "sisr", "transform"))})
    plain.eval()
    with torch.no_grad():
        for k, features in enumerate(plain.base_net(image)):
            out[f"eval.level{k + 1}"] = sample(features, 256)
        out["eval.baseline"] = sample(plain(image), 2048)
        logits, picture, seg, sr = model(image)
        out["eval.logits"] = sample(logits, 2048)
        out["eval.image"] = sample(picture, 1024)
        out["eval.segmentation_features"] = sample(seg, 512)
        out["eval.image_features"] = sample(sr, 512)

    for mode in ("frozen", "train"):
        fill(model)
        model.train(mode == "train")
        model.zero_grad()
        logits, picture, seg, sr = model(image)
        parts = [F.cross_entropy(logits, truth, ignore_index=IGNORED), F.mse_loss(picture, target), affinity(seg, sr)]
        loss = parts[0] + 0.1 * parts[1] + 1.0 * parts[2]
        loss.backward()
        out[f"{mode}.losses"] = np.array([loss.item()] + [part.item() for part in parts])
        for name, parameter in model.named_parameters():
            if parameter.grad is not None:
                out[f"{mode}.norm.{name}"] = np.array([parameter.grad.norm().item()])
                out[f"{mode}.sample.{name}"] = sample(parameter.grad, 16)
        if mode == "train":
            for name, tensor in model.state_dict().items():
                if kinds[name].startswith("running"):
                    out[f"train.running.{name}"] = np.array([tensor.norm().item()])
    save(path, out, {"kinds": json.dumps(kinds), "shapes": json.dumps({k: list(v.shape) for k, v in model.state_dict().items()})})


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    types = {"F32": np.float32, "F64": np.float64, "I64": np.int64}
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def check(weights, golden):
    torch.set_default_dtype(torch.float64)
    state = torch.load(weights, map_location="cpu")
    planes = [state[f"base_net.{n}"].shape[0] for n in ("level1.conv.weight", "level2_0.act.weight", "level3_0.act.weight", "level4_0.act.weight")]
    model = ESPNetv2(planes, state["bu_dec_l4.merge_layer.3.bias"].shape[0])
    model.load_state_dict(state)
    model.double().eval()
    values = read(golden)
    with torch.no_grad():
        logits = model(torch.from_numpy(values["input"].astype(np.float64)))
    print("largest difference", np.abs(logits.numpy() - values["logits"]).max(), "of", np.abs(values["logits"]).max())


if __name__ == "__main__":
    check(*sys.argv[2:]) if sys.argv[1] == "--check" else main(sys.argv[1])
