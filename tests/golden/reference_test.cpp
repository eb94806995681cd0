// The language reference, grammar/README.md. Every ```hbm block in it is checked: a model, statements of one
// (```hbm statements), or a mistake (```hbm wrong), whose ```text block beside it is what `adavi check` says. Tables
// between <!-- table: NAME --> and <!-- end --> are those of the catalogue. With ADAVI_UPDATE_GOLDEN=1 in the
// environment tables and messages are written instead of compared.
#include <doctest/doctest.h>

#include <cstdlib>
#include <sstream>

#include "cli/program.hpp"
#include "reference_tables.hpp"

using namespace adavi::testing;

namespace {

const std::string path = source_file("grammar/README.md");

/// Lines between two fences, and what stands behind the first.
struct Block {
  std::string kind;    ///< "", "statements" or "wrong"
  std::string checks;  ///< arguments of `check`
  std::string body;
};

/// The text as lines, which a visitor may change.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string joined(const std::vector<std::string>& lines, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += lines[i] + "\n";
  return text;
}

std::size_t find(const std::vector<std::string>& lines, const std::string& line, std::size_t from) {
  while (from < lines.size() && lines[from] != line) ++from;
  return from;
}

void replace(std::vector<std::string>& lines, std::size_t begin, std::size_t end, const std::string& text) {
  const std::vector<std::string> with = lines_of(text);
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(begin), lines.begin() + static_cast<std::ptrdiff_t>(end));
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(begin), with.begin(), with.end());
}

bool is_block(const std::string& line) { return line == "```hbm" || line.rfind("```hbm ", 0) == 0; }

Block block_at(const std::vector<std::string>& lines, std::size_t at, std::size_t end) {
  std::istringstream info(lines[at].substr(6));
  Block block;
  for (std::string word; info >> word;) {
    if (word == "statements" || word == "wrong") {
      block.kind = word;
    } else {
      block.checks += " " + word;
    }
  }
  block.body = joined(lines, at + 1, end);
  if (block.kind == "statements") {
    block.body = "model {\n" + block.body + "plate row[2] { observed real y_ ~ normal(0, 1); }\n}\n";
  }
  return block;
}

Outcome checked(const Block& block) {
  const Folder folder;
  write_file(folder / "model.hbm", block.body);
  return shell("cd '" + (folder / "") + "' && \"$ADAVI\" check model.hbm" + block.checks);
}

/// The file with tables and messages as they are now; `blocks` counts what was checked.
std::string current(const std::string& text, int& blocks) {
  std::vector<std::string> lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string mark = "<!-- table: ";
    if (lines[i].rfind(mark, 0) == 0) {
      const std::string name = lines[i].substr(mark.size(), lines[i].find(' ', mark.size()) - mark.size());
      const std::string table = reference_table(name);
      CHECK_MESSAGE(!table.empty(), name);
      replace(lines, i + 1, find(lines, "<!-- end -->", i), "\n" + table + "\n");
    }
    if (!is_block(lines[i])) continue;
    const std::size_t end = find(lines, "```", i + 1);
    const Block block = block_at(lines, i, end);
    const Outcome outcome = checked(block);
    ++blocks;
    CAPTURE(block.body);
    CAPTURE(outcome.err);
    CHECK(outcome.status == (block.kind == "wrong" ? 3 : 0));
    if (block.kind.empty()) CHECK(outcome.err == "");
    if (block.kind == "wrong") {
      const std::size_t said = find(lines, "```text", end);
      const std::string errors = outcome.err.substr(0, outcome.err.rfind("\nerror: ") + 1);  // without the count
      replace(lines, said + 1, find(lines, "```", said + 1), errors);
    }
    i = end;
  }
  return joined(lines, 0, lines.size());
}

}  // namespace

TEST_CASE("the language reference is current and its models are what it says they are") {
  const std::string text = read_file(path);
  int blocks = 0;
  const std::string now = current(text, blocks);
  if (std::getenv("ADAVI_UPDATE_GOLDEN") != nullptr) {
    write_file(path, now);
  } else {
    CHECK(now == text);
  }
  CHECK(blocks > 30);
}
