// Tells ThreadSanitizer what TBB guarantees.
//
// TBB's library is not compiled with ThreadSanitizer, which therefore does not see that a parallel loop begins after
// the code before it and ends before the code after it, and would report every result handed over as a race. One object
// per loop: publish() before it, ordered(body) as its body, collect() after it. Bodies are not ordered among
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
    /// A loop's body as TBB may copy it between threads: pointers only, so that the caller's own closure, which is
    /// written before publish(), is never copied. What tests/sanitizers/tsan.supp excuses is the reading of these two
    /// pointers.
    template <class Body> class Ordered {
      public:
        Ordered(HappensBefore& loop, const Body& body) : loop_{&loop}, body_{&body} {}

        template <class Range> void operator()(const Range& range) const {
            HappensBefore& loop = *loop_;
            const Body& body = *body_;
            loop.enter();
            body(range);
            loop.leave();
        }

      private:
        HappensBefore* loop_;
        const Body* body_;
    };

    /// Everything until here, `body` included, happens before the loop. `body` must outlive the loop; a lambda written
    /// in the call of the loop does.
    template <class Body> Ordered<Body> ordered(const Body& body) {
        publish(&body);
        return {*this, body};
    }

#if defined(__SANITIZE_THREAD__)
    /// The loop happens before everything from here.
    void collect() { __tsan_acquire(&end_); }

  private:
    // The compiler sees nobody who could read the closure yet, and may write it as late as the loop's call: it must
    // not.
    void publish(const void* body) {
        asm volatile("" : : "r"(body) : "memory");
        __tsan_release(&begin_);
    }
    void enter() { __tsan_acquire(&begin_); }
    void leave() { __tsan_release(&end_); }

    char begin_ = 0;
    char end_ = 0;
#else
    void collect() const {}

  private:
    void publish(const void* /*body*/) const {}
    void enter() const {}
    void leave() const {}
#endif
};

} // namespace plunge
