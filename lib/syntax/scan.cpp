#include "syntax/scan.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "syntax/limits.hpp"
#include "syntax/messages.hpp"
#include "syntax/tokens.hpp"

namespace adavi::syntax {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_one_of(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

bool is_known(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || std::isspace(byte) != 0 ||
         (c != 0 && is_one_of("_(){}[]<>;,:~=+-*/^.!%?|&'\"\\", c));
}

class Scanner {
 public:
  Scanner(const SourceFile& source, Reporter& reporter) : source_(source.text()), reporter_(reporter) {
    result_.text = source_;
    if (rest().substr(0, byte_order_mark.size()) == byte_order_mark) blank(byte_order_mark.size());
  }

  Scanned run() {
    while (at_ < source_.size() && !result_.cut_off) step();
    return std::move(result_);
  }

 private:
  std::string_view rest() const { return std::string_view(source_).substr(at_); }
  Span span(std::size_t length) const {
    return {static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(at_ + length)};
  }

  // Line breaks stay, so that line ends still separate words of a message.
  void blank(std::size_t length) {
    for (const std::size_t end = at_ + length; at_ < end; ++at_) {
      if (source_[at_] != '\n') result_.text[at_] = ' ';
    }
  }

  void step() {
    const std::string_view text = rest();
    if (text.substr(0, 2) == "//") return line_comment();
    if (text.substr(0, 2) == "/*") return block_comment();
    if (text[0] == '#') return hash_comment();
    if (!is_known(text[0])) return stray();
    if (is_one_of("([{", text[0]) && ++depth_ > deepest_nesting) return too_deep();
    if (is_one_of(")]}", text[0]) && depth_ > 0) --depth_;
    ++at_;
  }

  std::size_t rest_of_line() const {
    std::size_t length = std::min(rest().find('\n'), rest().size());
    if (length > 0 && source_[at_ + length - 1] == '\r') --length;
    return length;
  }

  void comment(std::size_t length) {
    result_.comments.push_back({span(length), source_.substr(at_, length)});
    blank(length);
  }

  void line_comment() { comment(rest_of_line()); }

  void block_comment() {
    const std::size_t end = source_.find("*/", at_ + 2);
    if (end != std::string::npos) return comment(end + 2 - at_);
    reporter_.report(unterminated_comment(span(2)));
    cut_off();
  }

  void hash_comment() {
    const std::size_t length = rest_of_line();
    reporter_.report(hash_is_no_comment(span(1), source_.substr(at_, length)));
    blank(length);
  }

  // A run of stray characters is one error; it shows the first of them.
  void stray() {
    const CodePoint first = decode(source_, at_);
    std::size_t length = 0;
    while (length < rest().size() && !is_known(rest()[length]) && rest()[length] != '#') {
      length += decode(source_, at_ + length).length;
    }
    result_.strays.push_back(static_cast<std::uint32_t>(at_));
    reporter_.report(stray_character(span(length), first));
    blank(length);
  }

  void too_deep() {
    reporter_.report(nested_too_deep(span(1)));
    cut_off();
  }

  void cut_off() {
    result_.cut_off = true;
    blank(rest().size());
  }

  const std::string& source_;
  Reporter& reporter_;
  Scanned result_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

bool Scanned::spoilt(std::uint32_t offset) const {
  const Token next = token_at(text, offset);
  if (next.at_end() && cut_off) return true;
  const auto stray = std::lower_bound(strays.begin(), strays.end(), end_of_previous(text, next.span.begin));
  return stray != strays.end() && *stray < next.span.begin;
}

Scanned scan(const SourceFile& source, Reporter& reporter) { return Scanner(source, reporter).run(); }

}  // namespace adavi::syntax
