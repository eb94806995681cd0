#include "syntax/weave.hpp"

#include <algorithm>
#include <cctype>

#include "syntax/limits.hpp"
#include "syntax/print_expression.hpp"
#include "syntax/tokens.hpp"

namespace adavi::syntax {
namespace {

// A name, a word or a number: what printing neither adds nor drops.
bool is_lasting(const Token& token) {
  const auto alphanumeric = [&](std::size_t i) { return std::isalnum(static_cast<unsigned char>(token.text[i])) != 0; };
  if (token.at_end()) return false;
  return alphanumeric(0) || token.text[0] == '_' || (token.text.size() > 1 && token.text[0] == '.' && alphanumeric(1));
}

// Follows the tokens of the source in the printed text.
class Follower {
 public:
  explicit Follower(std::string_view printed) : printed_(printed) {}

  // A mark may be missing in the printed text (a parenthesis too many) or stand there only (`[:` for `[`).
  void follow(const Token& token) {
    Token next = token_at(printed_, at_);
    if (is_lasting(token)) {
      while (!next.at_end() && !is_lasting(next)) next = after(printed_, next);
      at_ = next.span.end;
    } else if (next.text == token.text) {
      at_ = next.span.end;
    }
  }
  std::size_t at() const { return at_; }
  bool before_last() const { return token_at(printed_, at_).span.end == printed_.size(); }

 private:
  std::string_view printed_;
  std::size_t at_ = 0;
};

// How willingly a line is broken behind an offset. Outer brackets come first; in them commas, then sums, then products.
// Behind `~` and `=` only where there is nothing better, and before them last of all.
class Ranks {
 public:
  int behind(char c) {
    constexpr int kinds = 3, sign = kinds * (deepest_nesting + 1), type = sign + 1;
    if (c == '~' || c == '=') {
      seen_sign_ = true;
      return sign;
    }
    return seen_sign_ ? kinds * depth_ + (c == ',' ? 0 : c == '+' || c == '-' ? 1 : 2) : type;
  }
  void pass(char c) {
    if (c == '(' || c == '[' || c == '{') ++depth_;
    if (c == ')' || c == ']' || c == '}') --depth_;
  }

 private:
  int depth_ = 0;
  bool seen_sign_ = false;
};

class Pieces {
 public:
  void code(const std::string& printed, std::size_t end) {
    for (; at_ < end; ++at_) {
      const char c = printed[at_];
      if (c == soft_break) {
        const int rank = ranks_.behind(printed[at_ - 1]);
        if (waiting_.empty()) finish(rank);
      } else if (c != ' ' || !current_.text.empty()) {
        put_waiting();
        if (behind_comment_ && std::string(" ,;)]}>").find(c) == std::string::npos) current_.text += ' ';
        current_.text += c;
        ranks_.pass(c);
      }
      behind_comment_ = false;
    }
  }

  void comment(const PlacedComment& comment) {
    const bool no_code = current_.text.empty();
    if (comment.own_line || (no_code && comment.ends_line())) {
      waiting_.push_back(comment.text);
      own_lines();
    } else if (no_code) {
      waiting_.push_back(comment.text);
    } else if (comment.ends_line()) {
      current_.comment = comment.text;
      finish(always_broken);
    } else {
      append(comment.text);
    }
  }

  std::vector<Piece> take() {
    finish(always_broken);
    return std::move(all_);
  }

 private:
  void append(const std::string& comment) {
    const bool hugs = current_.text.empty() || std::string("([{").find(current_.text.back()) != std::string::npos;
    current_.text += (hugs ? "" : " ") + comment;
    behind_comment_ = true;
  }

  void put_waiting() {
    for (const std::string& comment : waiting_) append(comment);
    waiting_.clear();
  }

  // Code stands before and behind the waiting comments, but not on their lines.
  void own_lines() {
    finish(always_broken);
    for (std::string& comment : waiting_) {
      current_.text = std::move(comment);
      finish(always_broken);
    }
    waiting_.clear();
  }

  void finish(int rank) {
    current_.rank = rank;
    if (!current_.text.empty() || !current_.comment.empty()) {
      all_.push_back(std::move(current_));
    } else if (rank == always_broken && !all_.empty()) {
      all_.back().rank = rank;
    }
    current_ = {};
    behind_comment_ = false;
  }

  std::vector<Piece> all_;
  Piece current_;                     // its text is empty, or begins with code or with comments before code
  std::vector<std::string> waiting_;  // comments of which it is not known yet whether code follows on their line
  Ranks ranks_;
  std::size_t at_ = 0;
  bool behind_comment_ = false;
};

}  // namespace

Woven weave(std::string_view source, Span span, const std::string& printed,
            const std::vector<PlacedComment>& comments) {
  std::string plain = printed;
  std::replace(plain.begin(), plain.end(), soft_break, ' ');
  Follower follower(plain);
  Pieces pieces;
  Woven woven;
  for (Token token = token_at(source, span.begin); woven.rest < comments.size(); token = after(source, token)) {
    for (; woven.rest < comments.size() && comments[woven.rest].begin < token.span.begin; ++woven.rest) {
      if (follower.before_last()) break;
      pieces.code(printed, follower.at());
      pieces.comment(comments[woven.rest]);
    }
    if (token.span.end >= span.end) break;
    follower.follow(token);
  }
  pieces.code(printed, printed.size());
  woven.pieces = pieces.take();
  return woven;
}

}  // namespace adavi::syntax
