#include "run/run_graph.h"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <thread>

#include "run/steps.h"

namespace chandler {
namespace {

namespace flow = oneapi::tbb::flow;

// Series under way beyond those that wait for the network.
constexpr std::size_t kInOtherSteps = 2;

// Threads that wait for the network, one series each at a time.
class Lanes {
 public:
  using Work = std::function<void()>;

  explicit Lanes(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { serve(); });
    }
  }
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;
  ~Lanes() {
    {
      const std::lock_guard hold(guard_);
      closed_ = true;
    }
    more_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void submit(Work work) {
    {
      const std::lock_guard hold(guard_);
      waiting_.push_back(std::move(work));
    }
    more_.notify_one();
  }

 private:
  void serve() {
    std::unique_lock lock(guard_);
    for (;;) {
      more_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const Work work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  std::mutex guard_;
  std::condition_variable more_;
  std::deque<Work> waiting_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

class RunGraph {
 public:
  RunGraph(const std::vector<SeriesAsk>& asks, const RunOptions& options, const RunContext& context,
           const std::stop_token& stop)
      : asks_(asks),
        options_(options),
        stop_(stop),
        steps_(options, context),
        lanes_(std::max<std::size_t>(1, options.workers)) {
    flow::make_edge(series_, under_way_);
    flow::make_edge(under_way_, plan_);
    flow::make_edge(plan_, fetch_);
    flow::make_edge(fetch_, validate_);
    flow::make_edge(validate_, gather_);
    flow::make_edge(flow::output_port<0>(gather_), write_);
    flow::make_edge(flow::output_port<0>(write_), resample_);
    flow::make_edge(flow::output_port<1>(write_), plan_);
    flow::make_edge(resample_, finish_);
    flow::make_edge(finish_, under_way_.decrementer());
  }

  RunResult run() {
    series_.activate();
    graph_.wait_for_all();
    sourcing_.take();
    finishing_.take();
    result_.interrupted = stop_.stop_requested();
    result_.not_begun = asks_.size() - next_;
    std::stable_sort(result_.series.begin(), result_.series.end(),
                     [](const SeriesReport& a, const SeriesReport& b) {
                       return a.outcome.series < b.outcome.series;
                     });
    return std::move(result_);
  }

 private:
  using Fetch = flow::async_node<RunPtr, PagePtr>;
  using Gather = flow::multifunction_node<PagePtr, std::tuple<PagePtr>, flow::lightweight>;
  using Write = flow::multifunction_node<PagePtr, std::tuple<RunPtr, RunPtr>>;

  RunPtr next_series(oneapi::tbb::flow_control& control) {
    sourcing_.take();
    RunPtr next = begin_next(control);
    sourcing_.leave();
    return next;
  }

  RunPtr begin_next(oneapi::tbb::flow_control& control) {
    if (next_ == asks_.size() || stop_.stop_requested() || failed_) {
      control.stop();
      return {};
    }
    auto run = std::make_shared<SeriesRun>(asks_[next_++]);
    run->hand_off.leave();
    return run;
  }

  void fetch(const RunPtr& run, Fetch::gateway_type& gateway) {
    run->hand_off.take();
    gateway.reserve_wait();
    lanes_.submit([this, run, &gateway] {
      FetchLane{run, gates_, options_.lane, stop_,
                [&](const PagePtr& page) {
                  run->hand_off.leave();
                  gateway.try_put(page);
                }}
          .fetch();
      gateway.release_wait();
    });
  }

  // What one step left is there for the next one.
  template <class Work>
  static void step(SeriesRun& run, const Work& work) {
    run.hand_off.take();
    work();
    run.hand_off.leave();
  }

  void finish(SeriesRun& run) {
    finishing_.take();
    run.hand_off.take();
    steps_.finish(run);
    if (options_.stop_on_error && run.report.outcome.error) failed_ = true;
    result_.series.push_back(std::move(run.report));
    std::move(run.derived.begin(), run.derived.end(), std::back_inserter(result_.series));
    finishing_.leave();
  }

  const std::vector<SeriesAsk>& asks_;
  const RunOptions& options_;
  const std::stop_token& stop_;
  RunSteps steps_;
  ProviderGates gates_;
  std::size_t next_ = 0;  // of the series node alone
  std::atomic<bool> failed_{false};
  RunResult result_;  // of the finish node alone
  HandOff sourcing_;
  HandOff finishing_;

  flow::graph graph_;
  flow::input_node<RunPtr> series_{
      graph_, [this](oneapi::tbb::flow_control& control) { return next_series(control); }};
  flow::limiter_node<RunPtr> under_way_{graph_,
                                        std::max<std::size_t>(1, options_.workers) + kInOtherSteps};
  flow::function_node<RunPtr, RunPtr> plan_{graph_, flow::unlimited, [this](const RunPtr& run) {
                                              step(*run, [&] { steps_.plan(*run); });
                                              return run;
                                            }};
  Fetch fetch_{graph_, flow::unlimited,
               [this](const RunPtr& run, Fetch::gateway_type& gateway) { fetch(run, gateway); }};
  // Looking at a page takes less than waking a thread for it, which then spins for a while: the lane
  // does it itself. (Lightweight nodes have to be noexcept.)
  flow::function_node<PagePtr, PagePtr, flow::lightweight> validate_{
      graph_, flow::unlimited, [this](const PagePtr& page) noexcept {
        step(*page->run, [&] { steps_.validate(*page); });
        return page;
      }};
  Gather gather_{graph_, flow::unlimited,
                 [this](const PagePtr& page, Gather::output_ports_type& out) noexcept {
                   bool is_due = false;
                   step(*page->run, [&] { is_due = steps_.gather(*page); });
                   if (is_due) std::get<0>(out).try_put(page);
                 }};
  Write write_{graph_, flow::unlimited, [this](const PagePtr& page, Write::output_ports_type& out) {
                 bool another_way = false;
                 step(*page->run, [&] {
                   steps_.write(*page);
                   another_way = page->last && steps_.goes_another_way(*page->run);
                 });
                 if (another_way) {
                   std::get<1>(out).try_put(page->run);
                 } else if (page->last) {
                   std::get<0>(out).try_put(page->run);
                 }
               }};
  flow::function_node<RunPtr, RunPtr> resample_{graph_, flow::unlimited, [this](const RunPtr& run) {
                                                  step(*run, [&] { steps_.resample(*run); });
                                                  return run;
                                                }};
  flow::function_node<RunPtr, flow::continue_msg> finish_{graph_, flow::serial,
                                                          [this](const RunPtr& run) {
                                                            finish(*run);
                                                            return flow::continue_msg{};
                                                          }};
  Lanes lanes_;  // last: its threads end before anything they use
};

}  // namespace

RunResult run_series(const std::vector<SeriesAsk>& asks, const RunOptions& options,
                     const RunContext& context, const std::stop_token& stop) {
  return RunGraph{asks, options, context, stop}.run();
}

}  // namespace chandler
