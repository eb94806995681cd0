// Prints libFuzzer's dictionary of the language: its words and marks, the catalogue's distributions, functions and
// links, and numbers at the edges of what the language holds.
#include <cstdio>
#include <set>
#include <string>

#include "catalog/distributions.hpp"
#include "catalog/functions.hpp"
#include "catalog/links.hpp"
#include "syntax/words.hpp"

using namespace adavi;

int main() {
  std::set<std::string> words{"data", "model", "lower=", "upper=", "mixture(", "transformed(", "//", "/*", "*/"};
  for (const char* mark : {"~", ".*", "./", "^", "[", "]", "{", "}", "(", ")", "<", ">", ":", ";", ",", "="}) {
    words.insert(mark);
  }
  for (const char* number : {"0", "1", "-1", "2", "0.5", "1e308", "1e-308", "2147483648", "9007199254740993"}) {
    words.insert(number);
  }
  for (const std::string& word : syntax::statement_words()) words.insert(word);
  for (const DistributionRow& row : distribution_catalogue()) words.insert(std::string(row.name) + "(");
  for (const FunctionRow& row : function_catalogue()) {
    if (!row.is_operator) words.insert(std::string(row.name) + "(");
  }
  for (const std::string_view name : transformation_names()) words.insert(std::string(name));
  for (const std::string& word : words) std::printf("\"%s\"\n", word.c_str());
}
