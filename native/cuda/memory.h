// Memory of the device and what devices there are, in words without CUDA.

#ifndef DETLOSS_CUDA_MEMORY_H_
#define DETLOSS_CUDA_MEMORY_H_

#include <cstddef>
#include <string>
#include <vector>

namespace detloss::cuda {

// What this library computes on: "cuda", or "host" where Thrust's host backend takes its place.
const char* Backend();

struct DeviceInfo {
  std::string name;
  size_t memory = 0;       // bytes
  std::string capability;  // the compute capability, such as 8.6; empty of a host
};

// The devices, none if there is no driver. `problem` is why there is none, in the runtime's words.
std::vector<DeviceInfo> Devices(std::string* problem);

// Throws std::runtime_error (as all functions here) if there is none left.
void* Allocate(size_t bytes);
// Never throws; null is allowed.
void Free(void* memory);
void CopyToDevice(void* to, const void* from, size_t bytes);
// Waits until the device has done all it was given.
void CopyToHost(void* to, const void* from, size_t bytes);

// Memory of the device that the calls of one thread use, one after another.
class Scratch {
 public:
  static constexpr size_t kLargestSum = 48;

  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  // Room for the sums of all threads.
  void* Sums();
  // Room for what a call leaves for later launches and for the host; another call's may be moved.
  void* Results(size_t bytes);

 private:
  void* sums_ = nullptr;
  void* results_ = nullptr;
  size_t size_ = 0;
};

Scratch& ThreadScratch();

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_MEMORY_H_
