// Tells ThreadSanitizer what TBB guarantees.
//
// TBB's library is not compiled with ThreadSanitizer, which therefore does not see that a parallel loop begins after the
// code before it and ends before the code after it, and would report every result handed over as a race. One object per
// loop: publish() before it, enter() first and leave() last in its body, collect() after it. Bodies are not ordered among
// themselves, so a race between two of them is still found. Without ThreadSanitizer nothing is compiled.
#pragma once

#if defined(__SANITIZE_THREAD__)
extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
#endif

namespace plunge {

/// The two edges of one parallel loop. \throws nothing
class HappensBefore {
  public:
#if defined(__SANITIZE_THREAD__)
    void publish() { __tsan_release(&begin_); }
    void enter() { __tsan_acquire(&begin_); }
    void leave() { __tsan_release(&end_); }
    void collect() { __tsan_acquire(&end_); }

  private:
    char begin_ = 0;
    char end_ = 0;
#else
    void publish() const {}
    void enter() const {}
    void leave() const {}
    void collect() const {}
#endif
};

} // namespace plunge
