#include "cuda/memory.h"

#include <thrust/copy.h>
#include <thrust/device_free.h>
#include <thrust/device_malloc.h>
#include <thrust/device_ptr.h>

#include <stdexcept>

#include "cuda/launch-inl.h"

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#include <cuda_runtime_api.h>
#endif

namespace detloss::cuda {

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
const char* Backend() { return "cuda"; }

std::vector<DeviceInfo> Devices(std::string* problem) {
  std::vector<DeviceInfo> devices;
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess) {
    *problem = cudaGetErrorString(error);
    cudaGetLastError();  // or the next call would find it
    return devices;
  }
  if (count == 0) *problem = "the driver shows none";
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp properties;
    if (cudaGetDeviceProperties(&properties, i) != cudaSuccess) continue;
    devices.push_back({properties.name, properties.totalGlobalMem,
                       std::to_string(properties.major) + "." + std::to_string(properties.minor)});
  }
  return devices;
}
#else
const char* Backend() { return "host"; }

std::vector<DeviceInfo> Devices(std::string*) { return {{"Thrust's host backend, no GPU", 0, ""}}; }
#endif

void* Allocate(size_t bytes) {
  std::string problem = "there is no more";
  try {
    // An array of no numbers is none the less one.
    const size_t size = bytes == 0 ? 1 : bytes;
    void* const memory = thrust::raw_pointer_cast(thrust::device_malloc<unsigned char>(size));
    // Only the GPU's backend throws where there is no memory.
    if (memory != nullptr) return memory;
  } catch (const std::exception& error) {
    problem = error.what();
  }
  throw std::runtime_error("cuda: cannot allocate " + std::to_string(bytes) +
                           " bytes on the device: " + problem);
}

void Free(void* memory) {
  if (memory == nullptr) return;
  try {
    thrust::device_free(thrust::device_pointer_cast(static_cast<unsigned char*>(memory)));
  } catch (...) {
    // The device is gone, and its memory with it.
  }
}

void CopyToDevice(void* to, const void* from, size_t bytes) {
  if (bytes == 0) return;
  thrust::copy_n(static_cast<const unsigned char*>(from), bytes,
                 thrust::device_pointer_cast(static_cast<unsigned char*>(to)));
}

void CopyToHost(void* to, const void* from, size_t bytes) {
  if (bytes == 0) return;
  thrust::copy_n(thrust::device_pointer_cast(static_cast<const unsigned char*>(from)), bytes,
                 static_cast<unsigned char*>(to));
}

Scratch::~Scratch() {
  Free(sums_);
  Free(results_);
}

void* Scratch::Sums() {
  if (sums_ == nullptr) sums_ = Allocate((kThreads + kFirst) * kLargestSum);
  return sums_;
}

void* Scratch::Results(size_t bytes) {
  if (bytes > size_) {
    void* const larger = Allocate(bytes);
    Free(results_);
    results_ = larger;
    size_ = bytes;
  }
  return results_;
}

Scratch& ThreadScratch() {
  static thread_local Scratch scratch;
  return scratch;
}

}  // namespace detloss::cuda
