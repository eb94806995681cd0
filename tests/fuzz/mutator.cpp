// Mutations that keep a text made of words, numbers and lines, beside libFuzzer's own of bytes: they get far more texts
// through the parser, to the checker behind it.
#include <algorithm>
#include <cctype>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(unsigned char* data, std::size_t size, std::size_t most);

namespace {

using Random = std::mt19937;
using Pieces = std::vector<std::string>;

std::size_t below(Random& random, std::size_t n) { return random() % n; }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }

/// The text in words and numbers, runs of blanks, and single marks.
Pieces tokens(std::string_view text) {
  Pieces pieces;
  std::size_t end = 0;
  for (std::size_t begin = 0; begin < text.size(); begin = end) {
    end = begin + 1;
    const bool word = is_word(text[begin]), blank = text[begin] == ' ';
    while (end < text.size() && ((word && is_word(text[end])) || (blank && text[end] == ' '))) ++end;
    pieces.emplace_back(text.substr(begin, end - begin));
  }
  return pieces;
}

Pieces lines(std::string_view text) {
  Pieces pieces;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    pieces.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return pieces;
}

std::string joined(const Pieces& pieces) {
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

bool alike(const std::string& a, const std::string& b) {
  return is_word(a[0]) == is_word(b[0]) && a[0] != ' ' && b[0] != ' ';
}

/// A piece becomes another one of `others`, one of its own sort if there is one near.
void replace(Pieces& pieces, const Pieces& others, Random& random) {
  std::string& piece = pieces[below(random, pieces.size())];
  for (int attempt = 0; attempt < 8; ++attempt) {
    const std::string& other = others[below(random, others.size())];
    if (!alike(piece, other)) continue;
    piece = other;
    return;
  }
}

/// A run of up to eight pieces of `others` is inserted.
void insert(Pieces& pieces, const Pieces& others, Random& random) {
  const std::size_t first = below(random, others.size());
  const std::size_t last = std::min(others.size(), first + 1 + below(random, 8));
  const Pieces run(others.begin() + static_cast<std::ptrdiff_t>(first),
                   others.begin() + static_cast<std::ptrdiff_t>(last));
  pieces.insert(pieces.begin() + static_cast<std::ptrdiff_t>(below(random, pieces.size() + 1)), run.begin(), run.end());
}

void erase(Pieces& pieces, Random& random) {
  pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(below(random, pieces.size())));
}

void change(Pieces& pieces, const Pieces& others, Random& random) {
  if (pieces.empty() || others.empty()) return;
  switch (below(random, 5)) {
    case 0:
      return insert(pieces, others, random);
    case 1:
      return erase(pieces, random);
    case 2:
      return std::swap(pieces[below(random, pieces.size())], pieces[below(random, pieces.size())]);
    default:
      return replace(pieces, others, random);
  }
}

std::string_view view(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// One or two changes of `text`'s tokens or lines by those of `other`.
std::string changed(std::string_view text, std::string_view other, Random& random) {
  const auto cut = below(random, 4) == 0 ? lines : tokens;
  Pieces pieces = cut(text);
  const Pieces others = cut(other);
  for (std::size_t n = 1 + below(random, 2); n > 0; --n) change(pieces, others, random);
  return joined(pieces);
}

std::size_t store(const std::string& text, unsigned char* data, std::size_t most) {
  const std::size_t size = std::min(text.size(), most);
  std::memcpy(data, text.data(), size);
  return size;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(unsigned char* data, std::size_t size, std::size_t most, unsigned seed) {
  Random random(seed);
  if (below(random, 8) == 0) return LLVMFuzzerMutate(data, size, most);
  return store(changed(view(data, size), view(data, size), random), data, most);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const unsigned char* data, std::size_t size,
                                                 const unsigned char* other, std::size_t other_size, unsigned char* out,
                                                 std::size_t most, unsigned seed) {
  Random random(seed);
  return store(changed(view(data, size), view(other, other_size), random), out, most);
}
