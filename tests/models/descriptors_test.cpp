// `check` finds the descriptors of the paper's appendices in the text of its models.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/program.hpp"

using namespace adavi::testing;

namespace {

/// The descriptors that head the output: "V" -> "{mu, x}".
std::map<std::string, std::string> descriptors(const std::string& out) {
  std::map<std::string, std::string> found;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    found[line.substr(0, line.find(' '))] = line.substr(line.find('=') + 2);
  }
  return found;
}

/// The line of the table of variables that begins with `name`, its runs of spaces as one.
std::string row(const std::string& out, const std::string& name) {
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string text, word;
    while (words >> word) text += (text.empty() ? "" : " ") + word;
    if (text.rfind(name + " ", 0) == 0 && text.find(" = ") > 12) return text;
  }
  return "";
}

std::string checked(const std::string& words) {
  const Outcome outcome = shell("cd '" ADAVI_SOURCE_DIR "' && \"$ADAVI\" check " + words);
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "");
  return outcome.out;
}

}  // namespace

TEST_CASE("the Gaussian mixture with random effects has the descriptors of (D.9)") {
  auto found = descriptors(checked("models/gm.hbm"));
  CHECK(found["V"] == "{mu, mu_g, pi_g, x}");
  CHECK(found["P"] == "{P0: obs, P1: group}");
  CHECK(found["Card"] == "{P0 -> 50, P1 -> 3}");
  CHECK(found["Hier"] == "{mu -> 2, mu_g -> 1, pi_g -> 1, x -> 0}");
  CHECK(found["Shape"] == "{mu -> (3, 2), mu_g -> (3, 2), pi_g -> (3,), x -> (2,)}");
  CHECK(found["Link"] ==
        "{mu -> Reshape((6,) -> (3, 2)), mu_g -> Reshape((6,) -> (3, 2)), pi_g -> SoftmaxCentered((2,) -> (3,)), "
        "x -> Identity}");
}

// The paper's links of M are L after Reshape, and its exponentials forget the bounds of their uniform laws. Here the
// coordinates eta carry the Reshape, and L gives mu from them.
TEST_CASE("the multi-scale model has the descriptors of (E.11)") {
  const std::string out = checked("models/mshbm.hbm");
  auto found = descriptors(out);
  CHECK(found["V"] == "{eta, epsilon, sigma, kappa, pi, eta_s, eta_st, x}");
  CHECK(found["P"] == "{P0: point, P1: session, P2: subject}");
  CHECK(found["Card"] == "{P0 -> 300, P1 -> 4, P2 -> 30}");
  CHECK(found["Hier"] == "{eta -> 3, epsilon -> 3, sigma -> 3, kappa -> 3, pi -> 3, eta_s -> 2, eta_st -> 1, x -> 0}");
  CHECK(found["Shape"] ==
        "{eta -> (2, 140), epsilon -> (2,), sigma -> (2,), kappa -> (), pi -> (2,), eta_s -> (2, 140), "
        "eta_st -> (2, 140), x -> (141,)}");
  const std::string bounded = "Bounded(lower=exp(s_lower), upper=exp(s_upper))",
                    reshape = "Reshape((280,) -> (2, 140))";
  CHECK(found["Link"] == "{eta -> " + reshape + ", epsilon -> " + bounded + ", sigma -> " + bounded + ", kappa -> " +
                             bounded + ", pi -> SoftmaxCentered((1,) -> (2,)), eta_s -> " + reshape + ", eta_st -> " +
                             reshape + ", x -> SqrtSoftmaxCentered((140,) -> (141,))}");
  CHECK(row(out, "mu") == "mu derived - - (2, 141) - - eta - = sqrt_softmax_centered(eta)");
  CHECK(row(out, "mu_s") == "mu_s derived subject - (2, 141) - - eta_s - = sqrt_softmax_centered(eta_s)");
  CHECK(row(out, "mu_st") == "mu_st derived subject, session - (2, 141) - - eta_st - = sqrt_softmax_centered(eta_st)");
}

TEST_CASE("the paper's configurations give its networks") {
  for (const std::string name : {"gre", "nc", "gm", "mshbm_toy"}) {
    CAPTURE(name);
    const std::string words = "models/" + name + ".hbm --config models/" + name + "_paper.json --json";
    const nlohmann::json plan = nlohmann::json::parse(checked(words))["plan"];
    CHECK(plan["family"] == "mean field");
    for (const auto& level : plan["encoder"]) CHECK(level["moments"] == false);
    for (const auto& estimator : plan["estimators"]) {
      CHECK(estimator["flow"] == "MAF");
      CHECK(estimator["scoring_steps"] == 0);
    }
  }
}
