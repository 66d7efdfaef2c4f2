// Arrays on the device, as JavaScript holds them.

#ifndef DETLOSS_BINDING_CUDA_DEVICE_ARRAY_H_
#define DETLOSS_BINDING_CUDA_DEVICE_ARRAY_H_

#include "binding/exports.h"

namespace detloss {

// Exports allocate, upload, download and dispose.
void ExportDeviceArrays(const Exports& exports);

}  // namespace detloss

#endif  // DETLOSS_BINDING_CUDA_DEVICE_ARRAY_H_
