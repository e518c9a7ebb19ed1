// chandler run JOB.json
#include "job/job.h"
#include "run_verb.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct JobArguments {
  std::string job;
  RunArguments run;
};

Result<ExitCode> run(Context& context, const JobArguments& arguments) {
  CHANDLER_TRY(Job job, load_job(arguments.job, {.defaults = context.config.defaults,
                                                 .now = Clock::system().now(),
                                                 .environment = &environment_variable}));
  // What is said on the command line holds, then what the job says.
  if (job.cache && !context.cache_is_named) context.cache_root = *job.cache;
  RunCommand command = make_command("run", arguments.run, job.workers);
  command.job = job.name;
  command.series = std::move(job.series);
  command.options.stop_on_error = job.stop_on_error;
  return run_command(context, command);
}

}  // namespace

VerbAction declare_run(CLI::App& app) {
  auto arguments = std::make_shared<JobArguments>();
  app.add_option("JOB", arguments->job, "The job file; see docs/jobs.md")->required();
  add_run_options(app, arguments->run, "Ask for all ranges again, whatever is there");
  return [arguments](Context& context) { return run(context, *arguments); };
}

}  // namespace chandler::cli
