"""Losses of PyTorch and torchvision, with autograd, as their documentation calls them.

python3 losses.py DIRECTORY SECONDS THREADS reads what bench/peers/torch-losses.ts wrote to the
directory, measures each loss for about that long on one thread and on so many, prints JSON and leaves
the losses and the gradients of the sample that is compared in the directory.
"""

import json
import sys
import time
from pathlib import Path

import torch
import torchvision
from torch.nn import functional
from torchvision import ops

LOSSES = {
    "regression.l1": functional.l1_loss,
    "regression.l2": functional.mse_loss,
    "regression.huber": functional.huber_loss,
    "regression.smoothL1": functional.smooth_l1_loss,
    "box.giou": ops.generalized_box_iou_loss,
    "box.diou": ops.distance_box_iou_loss,
    "box.ciou": ops.complete_box_iou_loss,
    "objectness.yoloV3": functional.binary_cross_entropy,
    "objectness.yoloV3, logits": functional.binary_cross_entropy_with_logits,
    "category.fasterRcnn": functional.cross_entropy,
}


def read(file, dtype, shape):
    return torch.frombuffer(bytearray(file.read_bytes()), dtype=dtype).reshape(shape)


def sample(directory, kind, index, width, labelled):
    """The prediction and the target."""
    shape = (-1,) if width == 1 else (-1, width)
    pred = read(directory / f"{kind}{index}-pred.bin", torch.float32, shape)
    target = directory / f"{kind}{index}-target.bin"
    if labelled:
        return pred.requires_grad_(), read(target, torch.int32, (-1,)).long()
    return pred.requires_grad_(), read(target, torch.float32, shape)


def value(loss, pred, target):
    with torch.no_grad():
        return loss(pred, target, reduction="mean")


def gradient(loss, pred, target):
    return torch.autograd.grad(loss(pred, target, reduction="mean"), pred)[0]


def best(compute, seconds):
    """Milliseconds of the fastest of many calls."""
    compute()
    least = float("inf")
    end = time.perf_counter() + seconds
    while least == float("inf") or time.perf_counter() < end:
        start = time.perf_counter()
        compute()
        least = min(least, time.perf_counter() - start)
    return 1000 * least


def main(directory, seconds, threads):
    results = []
    for index, case in enumerate(json.loads((directory / "losses.json").read_text())):
        loss = LOSSES.get(case["name"])
        if loss is None:
            results.append(None)
            continue
        shape = (case["width"], case["labelled"])
        pred, target = sample(directory, "compared", index, *shape)
        with torch.no_grad():
            losses = loss(pred, target, reduction="none")
        (directory / f"losses{index}.bin").write_bytes(losses.numpy().tobytes())
        grad = gradient(loss, pred, target)
        (directory / f"grad{index}.bin").write_bytes(grad.numpy().tobytes())

        pred, target = sample(directory, "timed", index, *shape)
        times = []
        for count in (1, threads):
            torch.set_num_threads(count)
            for compute in (value, gradient):
                times.append(best(lambda: compute(loss, pred, target), seconds))
        results.append({"alone": times[:2], "together": times[2:]})
    versions = f"PyTorch {torch.__version__}, torchvision {torchvision.__version__}"
    print(json.dumps({"name": versions, "results": results}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
