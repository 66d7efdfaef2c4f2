"""The whole loss of YOLO v3 in PyTorch, by its own operations and autograd.

python3 yolo_v3.py DIRECTORY SECONDS THREADS reads what bench/peers/torch.ts wrote to the directory, measures
for about that long, prints JSON and leaves each scale's gradient in the directory.
"""

import json
import sys
import time
from pathlib import Path

import torch
import torchvision
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot
from torchvision.ops import complete_box_iou_loss


def edges(y, x, h, w):
    """Centre and size to (left, top, right, bottom)."""
    return torch.stack((x - w / 2, y - h / 2, x + w / 2, y + h / 2), dim=-1)


class Scale:
    """One output of the network, and what it should be."""

    def __init__(self, directory, index, batch, classes, height, width, anchors):
        def read(name, dtype, *shape):
            data = bytearray((directory / f"{name}{index}.bin").read_bytes())
            return torch.frombuffer(data, dtype=dtype).reshape(shape)

        rows = batch * height * width * len(anchors)
        self.features = read("features", torch.float32, rows, 5 + classes).requires_grad_()
        self.objectness = read("objectness", torch.float32, rows)
        present = self.objectness > 0
        self.balance = torch.where(present, 1 / present.sum(), 1 / (~present).sum())
        # Of each object: its row, its box and class, the corner of its cell, its anchor.
        self.rows = present.nonzero().flatten()
        self.truth = edges(*read("box", torch.float32, rows, 4)[self.rows].unbind(-1))
        labels = read("labels", torch.int32, rows)[self.rows].long()
        self.categories = one_hot(labels, classes).float()
        places = present.reshape(batch, height, width, len(anchors)).nonzero()
        self.cell = places[:, 1:3].float()
        self.anchor = torch.tensor(anchors)[places[:, 3]]
        self.sides = torch.tensor([height, width], dtype=torch.float32)

    def loss(self):
        objectness = binary_cross_entropy_with_logits(
            self.features[:, 4], self.objectness, weight=self.balance, reduction="sum"
        )
        objects = self.features.index_select(0, self.rows)
        y, x = ((objects[:, 0:2].sigmoid() + self.cell) / self.sides).unbind(-1)
        h, w = (objects[:, 2:4].exp() * self.anchor).unbind(-1)
        box = complete_box_iou_loss(edges(y, x, h, w), self.truth, reduction="mean", eps=0)
        category = binary_cross_entropy_with_logits(objects[:, 5:], self.categories)
        return box + objectness + category


def main(directory, seconds, threads):
    torch.set_num_threads(threads)
    scene = json.loads((directory / "scene.json").read_text())
    sizes = (scene["batch"], scene["classes"])
    scales = [Scale(directory, s, *sizes, **grid) for s, grid in enumerate(scene["scales"])]
    features = [scale.features for scale in scales]

    best = float("inf")
    end = time.perf_counter() + seconds
    while best == float("inf") or time.perf_counter() < end:
        start = time.perf_counter()
        total = sum(scale.loss() for scale in scales)
        grads = torch.autograd.grad(total, features)
        best = min(best, time.perf_counter() - start)

    for s, grad in enumerate(grads):
        (directory / f"grad{s}.bin").write_bytes(grad.contiguous().numpy().tobytes())
    versions = f"PyTorch {torch.__version__}, torchvision {torchvision.__version__}, {threads} thread{'s'[:threads != 1]}"
    print(json.dumps({"name": versions, "milliseconds": 1000 * best, "total": total.item()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
