// Node's thread pool.

#ifndef DETLOSS_BINDING_POOL_H_
#define DETLOSS_BINDING_POOL_H_

namespace detloss {

// Whether the pool can be given a task. It makes its threads for the first task of a process, and
// ends the process if it cannot, as where memory or the number of threads is limited.
bool PoolCanStart();

}  // namespace detloss

#endif  // DETLOSS_BINDING_POOL_H_
