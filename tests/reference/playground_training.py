"""The playground's training in plain Python: the same operations in the same order, so the same bits."""

import math

MASK = 2**32 - 1


class Random:
    """The generator sfc32."""

    def __init__(self, seed):
        self.state = seed & MASK, 0x9E3779B9, 0x243F6A88, 1
        for _ in range(12):
            self.next()

    def next(self):
        a, b, c, k = self.state
        t = (a + b + k) & MASK
        rotated = ((c << 21) | (c >> 11)) & MASK
        self.state = b ^ (b >> 9), (c + (c << 3)) & MASK, (rotated + t) & MASK, (k + 1) & MASK
        return t

    def unit(self):
        return self.next() / 2**32


def start(seed, n, inputs=1):
    """Weights [w1, b1, ..., v1, ..., c] of a seed, and the generator that then draws the batches; each w has all inputs."""
    random = Random(seed)

    def even(count):
        return (2 * random.unit() - 1) / math.sqrt(count)

    w = [[even(inputs) for _ in range(inputs)] for _ in range(n)]
    b = [even(inputs) for _ in range(n)]
    v = [even(n) for _ in range(n)]
    return [x for row, bias in zip(w, b) for x in (*row, bias)] + v + [even(n)], random


class Trainer:
    """Mean square error against g on a box of intervals, by mini-batches."""

    def __init__(self, theta, random, g, *box, optimizer="adam", lr=0.01, momentum=0.9, batch=64):
        self.theta, self.random, self.g, self.box = list(theta), random, g, box
        self.optimizer, self.lr, self.momentum, self.batch = optimizer, lr, momentum, batch
        self.mean, self.square = [0.0] * len(theta), [0.0] * len(theta)
        self.p1 = self.p2 = 1.0

    def points(self):
        for _ in range(self.batch):
            units = [self.random.unit() for _ in self.box]
            yield [left * (1 - u) + right * u for (left, right), u in zip(self.box, units)]

    def gradient(self, points):
        """The loss on some points, and its gradient."""
        d = len(self.box)
        t, s, n = self.theta, d + 1, (len(self.theta) - 1) // (d + 2)
        g, loss = [0.0] * len(t), 0.0
        for x in points:
            z = []
            for i in range(n):
                total = t[s * i] * x[0]
                for k in range(1, d):
                    total += t[s * i + k] * x[k]
                z.append(total + t[s * i + d])
            y = t[-1]
            for i in range(n):
                if z[i] > 0:
                    y += t[s * n + i] * z[i]
            e = y - self.g(*x)
            loss += e * e
            pull = (2 / self.batch) * e
            g[-1] += pull
            for i in range(n):
                if z[i] > 0:
                    g[s * n + i] += pull * z[i]
                    q = pull * t[s * n + i]
                    for k in range(d):
                        g[s * i + k] += q * x[k]
                    g[s * i + d] += q
        return loss / self.batch, g

    def step(self):
        loss, g = self.gradient(self.points())
        t, mean, square, lr = self.theta, self.mean, self.square, self.lr
        if self.optimizer == "sgd":
            for k in range(len(t)):
                t[k] -= g[k] * lr
        elif self.optimizer == "momentum":
            for k in range(len(t)):
                mean[k] = mean[k] * self.momentum + g[k]
                t[k] -= mean[k] * lr
        else:
            self.p1 *= 0.9
            self.p2 *= 0.999
            scale, rate = 1 / math.sqrt(1 - self.p2), lr / (1 - self.p1)
            for k in range(len(t)):
                mean[k] += (g[k] - mean[k]) * 0.1
                square[k] += (g[k] * g[k] - square[k]) * 0.001
                t[k] -= (mean[k] / (math.sqrt(square[k]) * scale + 1e-8)) * rate
        return loss
