"""Fills test/support/exact-rows.json: losses and gradients of its rows with 200 digits.

    python3 scripts/accuracy/exact.py test/support/exact-rows.json

Needs mpmath. The formulas are the textbook's, which is exact with so many digits: they share nothing
with lib/reference but what ties, sizes of 0 and clamped logarithms count as.
"""

import json
import sys

import mpmath as mp

mp.mp.dps = 200
ZERO, ONE = mp.mpf(0), mp.mpf(1)


class Dual:
    """A number and its partial derivatives by the row's four numbers."""

    def __init__(self, value, partials=None):
        self.value = mp.mpf(value)
        self.partials = partials or [ZERO] * 4

    def chain(self, value, slope, other=None, other_slope=ZERO):
        partials = [slope * p for p in self.partials]
        if other is not None:
            partials = [p + other_slope * q for p, q in zip(partials, other.partials)]
        return Dual(value, partials)

    def __add__(self, other):
        return self.chain(self.value + dual(other).value, ONE, dual(other), ONE)

    def __sub__(self, other):
        return self.chain(self.value - dual(other).value, ONE, dual(other), -ONE)

    def __mul__(self, other):
        b = dual(other)
        return self.chain(self.value * b.value, b.value, b, self.value)

    def __truediv__(self, other):
        b = dual(other)
        return self.chain(self.value / b.value, 1 / b.value, b, -self.value / b.value**2)


def dual(number):
    return number if isinstance(number, Dual) else Dual(number)


def smaller(a, b):
    share = mp.mpf(0.5) if a.value == b.value else mp.mpf(a.value < b.value)
    return a.chain(min(a.value, b.value), share, b, 1 - share)


def larger(a, b):
    share = mp.mpf(0.5) if a.value == b.value else mp.mpf(a.value > b.value)
    return a.chain(max(a.value, b.value), share, b, 1 - share)


def quotient(a, b):
    return Dual(0) if a.value == 0 and b.value == 0 else a / b


def square(a):
    return a * a


def ln(a):
    return a.chain(mp.log(a.value), 1 / a.value)


def root(a):
    return a.chain(mp.sqrt(a.value), 1 / (2 * mp.sqrt(a.value)))


def arctan(w, h):
    norm = w.value**2 + h.value**2
    if norm == 0:
        return Dual(0)
    return w.chain(mp.atan2(w.value, h.value), h.value / norm, h, -w.value / norm)


def huber(d, delta=ONE):
    if abs(d.value) < delta:
        return square(d) / 2
    return (d.chain(abs(d.value), mp.sign(d.value)) - delta / 2) * delta


def centre_and_size(form, row):
    a, b, c, d = row
    return {
        "yxhw": lambda: (a, b, c, d),
        "cxcywh": lambda: (b, a, d, c),
        "xyxy": lambda: ((b + d) / 2, (a + c) / 2, d - b, c - a),
        "tlbr": lambda: ((a + c) / 2, (b + d) / 2, c - a, d - b),
        "xywh": lambda: (b + d / 2, a + c / 2, d, c),
    }[form]()


def from_zero(size):
    return Dual(max(size.value, ZERO), size.partials)


def positive(size):
    return Dual(1e-7) if size.value < mp.mpf(2) ** -126 else size


def overlap_loss(name, form, pred, target, alpha):
    y, x, h, w = centre_and_size(form, pred)
    ty, tx, th, tw = centre_and_size(form, target)
    h, w, th, tw = map(from_zero, (h, w, th, tw))

    def along(centre, size, other, other_size):
        ends = [(c - s / 2, c + s / 2) for c, s in ((centre, size), (other, other_size))]
        start, end = larger(ends[0][0], ends[1][0]), smaller(ends[0][1], ends[1][1])
        both = end - start if end.value >= start.value else Dual(0)
        around = larger(ends[0][1], ends[1][1]) - smaller(ends[0][0], ends[1][0])
        return both, around

    (both_h, around_h), (both_w, around_w) = along(y, h, ty, th), along(x, w, tx, tw)
    intersection = both_h * both_w
    union = h * w + th * tw - intersection
    distance = Dual(1) - quotient(intersection, union)
    if name == "iou":
        return distance
    if name == "giou":
        area = around_h * around_w
        return distance + quotient(area - union, area)
    diou = distance + quotient(
        square(y - ty) + square(x - tx), square(around_h) + square(around_w)
    )
    if name == "diou":
        return diou
    v = square(arctan(tw, th) - arctan(w, h)) * (4 / mp.pi**2)
    a = quotient(v, distance + v)
    return diou + (a if alpha == "full" else Dual(a.value)) * v


def box_loss(name, options, pred, target):
    form = options["format"]
    if name.endswith("iou"):
        return overlap_loss(name, form, pred, target, options.get("alpha"))
    y, x, h, w = centre_and_size(form, pred)
    ty, tx, th, tw = centre_and_size(form, target)
    h, w, th, tw = map(positive, (h, w, th, tw))
    if name == "yoloV1":
        return square(ty - y) + square(tx - x) + square(root(th) - root(h)) + square(root(tw) - root(w))
    # Faster R-CNN, whose anchors are the targets.
    offsets = [(ty - y) / th, (tx - x) / tw, ln(th / h), ln(tw / w)]
    return sum((huber(d) for d in offsets), Dual(0))


def softmax(logits, label):
    largest = max(logits)
    powers = [mp.exp(z - largest) for z in logits]
    total = sum(powers)
    slopes = [p / total - (k == label) for k, p in enumerate(powers)]
    return largest + mp.log(total) - logits[label], slopes


def binary_cross_entropy(number, t, of_logits):
    if of_logits:
        z = number
        value = max(z, ZERO) - z * t + mp.log(1 + mp.exp(-abs(z)))
        return value, 1 / (1 + mp.exp(-z)) - t
    p = number
    logs = [max(mp.log(q), mp.mpf(-100)) if q > 0 else mp.mpf(-100) for q in (p, 1 - p)]
    return -t * logs[0] - (1 - t) * logs[1], (p - t) / max(p * (1 - p), mp.mpf(1e-12))


def element_loss(name, options, pred, target):
    """The loss and gradient of a row of numbers, probabilities or logits."""
    numbers = [mp.mpf(p) for p in pred]
    if name == "category.fasterRcnn":
        return softmax(numbers, target[0])
    aims = [mp.mpf(t) for t in target]
    if name == "objectness.fasterRcnn":
        ends = [softmax(numbers, label) for label in (0, 1)]
        mix = lambda a, b: (1 - aims[0]) * a + aims[0] * b
        return mix(ends[0][0], ends[1][0]), [mix(a, b) for a, b in zip(ends[0][1], ends[1][1])]
    if name in ("category.yoloV3", "objectness.yoloV3"):
        s = mp.mpf(options.get("labelSmoothing", 0))
        of_logits = options.get("input") == "logit"
        terms = [binary_cross_entropy(z, t * (1 - s) + s / 2, of_logits) for z, t in zip(numbers, aims)]
        count = len(terms)
        return sum(value for value, _ in terms) / count, [slope / count for _, slope in terms]
    if name in ("category.yoloV1", "objectness.yoloV1"):
        factor = ONE
        if name.startswith("objectness") and aims[0] == 0:
            factor = mp.mpf(options.get("noObject", 0.5))
        differences = [p - t for p, t in zip(numbers, aims)]
        return factor * sum(d * d for d in differences), [2 * factor * d for d in differences]
    d = aims[0] - numbers[0]
    if name == "regression.l2":
        return d * d, [-2 * d]
    bend = mp.mpf(options.get("delta" if name.endswith("huber") else "beta", 1))
    if name == "regression.l1" or bend == 0:
        return abs(d), [-mp.sign(d)]
    scale = ONE if name.endswith("huber") else bend
    result = huber(Dual(d, [-ONE, ZERO, ZERO, ZERO]), bend)
    return result.value / scale, [result.partials[0] / scale]


def main(path):
    with open(path, encoding="utf8") as file:
        rows = json.load(file)
    for row in rows:
        if row["name"].startswith("box."):
            pred = [Dual(p, [mp.mpf(k == j) for j in range(4)]) for k, p in enumerate(row["pred"])]
            target = [Dual(t) for t in row["target"]]
            loss = box_loss(row["name"][4:], row["options"], pred, target)
            value, slopes = loss.value, loss.partials
        else:
            value, slopes = element_loss(row["name"], row["options"], row["pred"], row["target"])
        row["loss"], row["grad"] = float(value), [float(slope) for slope in slopes]
    with open(path, "w", encoding="utf8") as file:
        file.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


main(sys.argv[1])
