#include "selector/default_rules.h"

namespace chandler {
namespace {

using enum AssetClass;
using enum Timeframe;

std::vector<SelectionRule> make() {
  std::vector<SelectionRule> rules = {{crypto, {}, {"binance"}}};
  for (const AssetClass share : {stock, etf}) {
    rules.push_back({share, {m1, m3}, {"alpaca", "alpha_vantage"}});
    rules.push_back({share, {m5, m15, m30, h1, h2, h4, h6, h8, h12}, {"alpha_vantage", "alpaca"}});
    rules.push_back({share, {}, {"yahoo", "alpaca", "alpha_vantage"}});
  }
  for (const AssetClass rest : {index, forex, future, unknown}) {
    rules.push_back({rest, {}, {"yahoo"}});
  }
  return rules;
}

}  // namespace

const std::vector<SelectionRule>& default_rules() {
  static const std::vector<SelectionRule> rules = make();
  return rules;
}

}  // namespace chandler
