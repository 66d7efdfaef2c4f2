// The blocks of several outputs, which threads share however many outputs there are of which size.

#ifndef DETLOSS_PLAN_PIECES_H_
#define DETLOSS_PLAN_PIECES_H_

#include <cstddef>
#include <vector>

#include "loops/blocks.h"

namespace detloss {

// A block of one output, and what comes of it.
template <class Result>
struct Piece {
  size_t output = 0;
  size_t begin = 0;
  size_t end = 0;
  Result result = {};
};

// The blocks of every output, of which `count(o)` is cut into blocks of `block`.
template <class Result, class Count>
std::vector<Piece<Result>> Cut(size_t outputs, size_t block, const Count& count) {
  std::vector<Piece<Result>> pieces;
  for (size_t o = 0; o < outputs; ++o) {
    ForBlocks(nullptr, count(o), block,
              [&](size_t begin, size_t end) { pieces.push_back({o, begin, end, {}}); });
  }
  return pieces;
}

template <class Result, class Body>
void ForPieces(Crew* crew, std::vector<Piece<Result>>& pieces, const Body& body) {
  ForBlocks(crew, pieces.size(), 1, [&](size_t i, size_t) { body(pieces[i]); });
}

}  // namespace detloss

#endif  // DETLOSS_PLAN_PIECES_H_
