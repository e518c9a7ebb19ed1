#include "verbs.h"

#include <array>

namespace chandler::cli {
namespace {

constexpr std::array kVerbs = {
    Verb{
        "fetch", "Download what is missing of some series",
        "Nothing that is there is asked for again, but open gaps are: a gap that stays empty when "
        "it is asked for in a later run is confirmed, and rests. Every bar is checked before it is "
        "kept. Should a provider fail, the next one that can goes on. Interrupted, it commits what "
        "has arrived; the same command again does the rest.",
        "chandler fetch BTCUSDT ETHUSDT -t 1m --from 2024-01-01 --derive 5m,1h,1d\n"
        "chandler fetch AAPL MSFT -t 1d --from 2000-01-01\n"
        "chandler fetch BTCUSDT -t 1m --from -7d --provider sandbox\n"
        "chandler fetch BTCUSDT -t 1m --from 2024-01-01 --dry-run",
        &declare_fetch},
    Verb{"run", "Run a job file: download what is missing, roll it up",
         "A job names many series; docs/jobs.md says how. Running it again does only what is left "
         "to "
         "be done. Two runs of one job in one cache do not go together: the second is refused. A "
         "report of every run is kept in _metadata/runs/.",
         "chandler run nightly.json\n"
         "chandler run nightly.json --dry-run\n"
         "chandler run nightly.json --html report.html",
         &declare_run},
    Verb{"heal", "Ask again for gaps, and mark those that stay empty as confirmed",
         "Without a symbol: in every series that was fetched or imported. Where one provider has "
         "nothing, the next one that can is asked. What is rolled up follows.",
         "chandler heal\n"
         "chandler heal BTCUSDT 1m\n"
         "chandler heal BTCUSDT --dry-run\n"
         "chandler heal AAPL 1d --provider yahoo --force",
         &declare_heal},
    Verb{
        "get", "Read through: fetch what is missing, then print",
        "Prints what `chandler read` would print once all of the range was fetched. Without --from "
        "it begins as configured, else where the series begins in the cache. A part that cannot be "
        "had is told on stderr; what is there is printed nevertheless, and the exit code is 1. It "
        "is 4 when there is nothing. A cache that cannot be written is read as it is.",
        "chandler get AAPL 1d --from 2020-01-01 > apple.csv\n"
        "chandler get BTCUSDT 1h --from -7d --columns close\n"
        "chandler get BTCUSDT 1h --last 200 --to 2024-03-01 --json\n"
        "chandler get EURUSD 1d --from 2024-01-01 --provider sandbox",
        &declare_get},
    Verb{"import", "Bring foreign CSV (.csv, .gz, .zip) into the cache, validated",
         "Symbol, timeframe, columns, clock and delimiter are found out where the file's name, "
         "header and "
         "rows tell them; what is not clear is asked for. Every bar is checked: rejected lines are "
         "listed "
         "with file, line and rule. A file of which more than half is rejected is refused as a "
         "whole. "
         "Files of one series are taken in the order of their names; the later one wins a "
         "conflict. "
         "@LIST reads the names of files from LIST, one a line. Bars that are not over yet are "
         "rejected.",
         "chandler import BTCUSDT-1m-2024-*.zip\n"
         "chandler import prices.csv --symbol AAPL --timeframe 1d\n"
         "chandler import ticks.csv --symbol crypto:ABTC -t 1m --mapping "
         "timestamp=0,open=1,high=2,low=3,close=4,volume=5\n"
         "chandler import -r downloads/ --preset kraken --rejects rejected.csv",
         &declare_import},
    Verb{"read", "Print bars from the cache",
         "CSV as the cache keeps it, oldest first. Nothing is printed when a part of the range "
         "cannot be "
         "read. A range without bars gives the header alone.",
         "chandler read BTCUSDT 1m --from 2024-01-01 --to 2024-02-01\n"
         "chandler read AAPL 1d --columns close,volume\n"
         "chandler read BTCUSDT 1h --from -7d --json",
         &declare_read},
    Verb{"status", "Show what is there: coverage, gaps, freshness, score",
         "Without a symbol: every series of the cache.",
         "chandler status\n"
         "chandler status BTCUSDT\n"
         "chandler status BTCUSDT 1m --json",
         &declare_status},
    Verb{"gaps", "List the gaps of a series",
         "A gap is a run of expected bars that are not there; weekends and holidays of an exchange "
         "are none.",
         "chandler gaps BTCUSDT 1m\n"
         "chandler gaps BTCUSDT 1m --from 2024-01-01 --json",
         &declare_gaps},
    Verb{"resample", "Roll fine bars up to coarse ones, from the cache",
         "Only what changed since the last time is computed again. A timeframe that was imported, "
         "not rolled "
         "up, is replaced only with --force.",
         "chandler resample BTCUSDT --source 1m -t 5m,1h,1d", &declare_resample},
    Verb{"verify", "Hold every file and its metadata against each other",
         "Exits with 3 while a problem remains, with 0 when there was none or --repair mended all "
         "of them. "
         "--repair keeps every good block and sets the damaged original aside; --deep also holds "
         "rolled-up "
         "timeframes against their source.",
         "chandler verify\n"
         "chandler verify BTCUSDT 1m --repair\n"
         "chandler verify --deep --json",
         &declare_verify},
    Verb{"warm", "Make copies that programs read at once, without unpacking",
         "One Arrow file a year below _hot/ in the cache: it can be mapped into memory, by "
         "Chandler's "
         "library and by others. The csv.gz stays what counts: a copy of another version, or a "
         "damaged one, is not used, and all of _hot/ may be deleted at any time. Without a symbol: "
         "of every series. Copies of what is gone are removed.",
         "chandler warm\n"
         "chandler warm BTCUSDT 1m",
         &declare_warm},
    Verb{
        "export", "Write a series to a file for other tools",
        "A plain CSV file, compressed when its name ends with .gz. It appears whole or not at all.",
        "chandler export BTCUSDT 1h --out btc.csv\n"
        "chandler export BTCUSDT 1h --out exports/ --from 2024-01-01",
        &declare_export},
    Verb{"rm", "Remove a symbol or one of its timeframes", "Asks first; --yes answers.",
         "chandler rm BTCUSDT 5m\n"
         "chandler rm BTCUSDT --yes",
         &declare_rm},
    Verb{"prune", "Remove old years",
         "Whole years only: --older-than removes years that end at or before the time given, "
         "--keep-years "
         "keeps the newest N years of each series. Asks first; --yes answers.",
         "chandler prune --older-than 2020-01-01 --dry-run\n"
         "chandler prune BTCUSDT 1m --keep-years 3 --yes",
         &declare_prune},
    Verb{"stats", "Show sizes, counts and compression of the whole cache", "",
         "chandler stats --json", &declare_stats},
    Verb{
        "select", "Show which provider would be asked, and why",
        "What a symbol names is told by the providers' listings, where they were fetched, else by "
        "its spelling; a name with two meanings is settled by hand: crypto:ABTC, stock:ABTC. Asks "
        "no provider anything, unless --refresh fetches the listings anew. Exits with 1 when there "
        "is nobody to ask for one of the symbols.",
        "chandler select BTCUSDT AAPL -t 1m\n"
        "chandler select AAPL -t 1d --from 1990-01-01 --json\n"
        "chandler select crypto:ABTC -t 1h --refresh\n"
        "chandler select ^GSPC -t 1d --provider yahoo",
        &declare_select},
    Verb{"providers", "List providers, or test whether they answer",
         "`providers test` makes one small request to each provider named, and exits with 1 when "
         "one of them does not answer as it should. Keys are never shown, only whether they are "
         "there.",
         "chandler providers\n"
         "chandler providers list --json\n"
         "chandler providers test binance yahoo",
         &declare_providers},
    Verb{"completion", "Print the completion script of a shell", "",
         "chandler completion bash > ~/.local/share/bash-completion/completions/chandler\n"
         "chandler completion fish > ~/.config/fish/completions/chandler.fish",
         &declare_completion, false},
    Verb{"man", "Print the manual page", "", "chandler man | man -l -", &declare_man, false},
};

constexpr std::array kPlanned = {
    PlannedVerb{"check", "Tell whether data are fit for a backtest",
                "look at `chandler status` and `chandler gaps`"},
    PlannedVerb{"lock", "Pin a data set by content", "check files with `chandler verify`"},
};

}  // namespace

std::span<const Verb> all_verbs() { return kVerbs; }

std::span<const PlannedVerb> planned_verbs() { return kPlanned; }

Error planned_error(std::string_view name, std::string_view instead) {
  return Error{ErrorKind::unsupported,
               "`chandler " + std::string{name} + "` is not part of this version", "",
               std::string{instead}};
}

}  // namespace chandler::cli
