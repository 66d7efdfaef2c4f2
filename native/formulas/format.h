// The order of a box's four numbers.

#ifndef DETLOSS_FORMULAS_FORMAT_H_
#define DETLOSS_FORMULAS_FORMAT_H_

#include <type_traits>

namespace detloss {

// As `BoxFormat` in lib/types.ts.
enum class Format { kYxhw, kCxcywh, kXyxy, kTlbr, kXywh };

// Calls `body` with the format as a constant.
template <class Body>
constexpr auto WithFormat(Format format, const Body& body) {
  switch (format) {
    case Format::kYxhw:
      return body(std::integral_constant<Format, Format::kYxhw>());
    case Format::kCxcywh:
      return body(std::integral_constant<Format, Format::kCxcywh>());
    case Format::kXyxy:
      return body(std::integral_constant<Format, Format::kXyxy>());
    case Format::kTlbr:
      return body(std::integral_constant<Format, Format::kTlbr>());
    case Format::kXywh:
    default:
      return body(std::integral_constant<Format, Format::kXywh>());
  }
}

}  // namespace detloss

#endif  // DETLOSS_FORMULAS_FORMAT_H_
