// The listed terms of some rows with an object.

#ifndef DETLOSS_PLAN_LISTED_H_
#define DETLOSS_PLAN_LISTED_H_

#include <cstddef>

#include "plan/plan.h"

namespace detloss {

// Rows that are computed together.
constexpr size_t kListedGroup = 4 * kMostLanes;

// How many numbers of memory a term needs for so many rows.
size_t MemoryOf(const ListedTerm& term, size_t count);

// Some rows of an output, kListedGroup at most, and where they are in its memory.
struct ListedRows {
  const Output& output;
  const size_t* rows;
  size_t count;
  size_t places[kListedGroup];

  ListedRows(const Output& of, const size_t* listed, size_t number)
      : output(of), rows(listed), count(number) {
    for (size_t i = 0; i < count; ++i) places[i] = output.view.PlaceOf(rows[i]);
  }
};

// The summed losses of the rows. Their gradient is written, times `factor`.
double SumListed(const ListedRows& rows, const ListedTerm& term, float factor, float* memory);

}  // namespace detloss

#endif  // DETLOSS_PLAN_LISTED_H_
