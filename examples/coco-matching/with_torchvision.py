"""Holds losses and gradients computed by detloss against torchvision's.

    python3 with_torchvision.py pairs.json

where pairs.json is what main.ts writes with --pairs. Needs torch and torchvision (Debian:
python3-torch, python3-torchvision). Exits with 1 if float64 results differ by more than 1e-5.
"""

import json
import sys

try:
    import torch
    from torchvision import ops
except ImportError as error:
    sys.exit(f"torchvision is not installed for {sys.executable}: {error}")

TOLERANCE = 1e-5


def iou_loss(pred, target):
    """1 - IoU of boxes in pairs: the diagonal of torchvision's table of all pairs."""
    return 1 - ops.box_iou(pred, target).diagonal()


LOSSES = {
    "iou": iou_loss,
    "giou": ops.generalized_box_iou_loss,
    "diou": ops.distance_box_iou_loss,
    "ciou": ops.complete_box_iou_loss,
}


def corners(boxes):
    """(left, top, width, height) to (left, top, right, bottom), as torchvision wants them."""
    return torch.cat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], dim=1)


def compute(name, pred, target, dtype):
    """Each pair's loss, and its gradient by the detected box in (left, top, width, height)."""
    pred = pred.to(dtype, copy=True).requires_grad_()
    losses = LOSSES[name](corners(pred), corners(target.to(dtype)))
    losses.sum().backward()
    return losses.detach().double(), pred.grad.double()


def kinks(pred, target):
    """Pairs with two edges apart by less than float32 resolves at their distance from the origin.

    The derivative jumps where edges coincide, so for such a pair the rounding decides it.
    """
    a, b = corners(pred), corners(target)
    resolution = torch.finfo(torch.float32).eps * torch.maximum(a.abs(), b.abs())
    return ((a != b) & ((a - b).abs() < resolution)).any(dim=1)


def largest(difference):
    return difference.abs().max().item() if difference.numel() else 0.0


def main(path):
    with open(path, encoding="utf-8") as file:
        pairs = json.load(file)

    def rows(numbers):
        return torch.tensor(numbers, dtype=torch.float64).reshape(-1, 4)

    pred, target = rows(pairs["detections"]), rows(pairs["annotations"])
    unclear = kinks(pred, target)
    # A gradient per pixel, times the size of the object, is a number without unit, as the loss is.
    size = (target[:, 2] * target[:, 3]).sqrt().unsqueeze(1)

    print("Largest difference from torchvision      float64    float32")
    agree = True
    for name in LOSSES:
        ours = pairs["results"][name]
        loss_ours = torch.tensor(ours["losses"], dtype=torch.float64)
        losses, gradients = [], []
        for dtype in (torch.float64, torch.float32):
            loss, grad = compute(name, pred, target, dtype)
            losses.append(largest(loss_ours - loss))
            gradients.append(largest(((rows(ours["grad"]) - grad) * size)[~unclear]))
        for what, (exact, single) in ("loss", losses), ("gradient × size", gradients):
            print(f"{name:<5} {what:<32}   {exact:.1e}    {single:.1e}")
        agree = agree and max(losses[0], gradients[0]) <= TOLERANCE

    if unclear.any():
        print(
            f"Gradients without {unclear.sum().item()} pairs, in which edges coincide "
            "but for rounding: the derivative jumps there."
        )
    print(f"{'Equal' if agree else 'NOT EQUAL'} to {TOLERANCE:g} (float64)")
    return 0 if agree else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
