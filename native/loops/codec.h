// Boxes to what networks predict, and back.

#ifndef DETLOSS_LOOPS_CODEC_H_
#define DETLOSS_LOOPS_CODEC_H_

#include <cstddef>

#include "loops/rows.h"

namespace detloss {

// The arrays of one call: rows of four numbers, and one anchor box per row or a grid.
struct CodecRows {
  size_t count = 0;
  const float* in = nullptr;
  float* out = nullptr;
  const float* anchors = nullptr;
  Grid grid;
  Format format = Format::kYxhw;
  float clamp = 0.0f;  // of Faster R-CNN's size offsets
};

// Computes rows [begin, end).
using CodecKernel = void (*)(const CodecRows& rows, size_t begin, size_t end);

// One direction of one codec.
struct Codec {
  const char* name;
  Anchors anchors;
  CodecKernel kernel;
};

// Ending with a null name; compiled for the processor this runs on.
const Codec* Codecs();

void Compute(Crew* crew, const Codec& codec, const CodecRows& rows);

}  // namespace detloss

#endif  // DETLOSS_LOOPS_CODEC_H_
