#include "syntax/printer.hpp"

#include <algorithm>

#include "syntax/code_lines.hpp"
#include "syntax/layout.hpp"
#include "syntax/print_expression.hpp"
#include "syntax/scan.hpp"
#include "syntax/tokens.hpp"
#include "syntax/weave.hpp"

namespace adavi {
namespace {

using syntax::print;

std::string sign(char c) { return std::string(" ") + c + syntax::soft_break; }

std::string variable_text(const ast::Statement& statement) {
  const std::string role = statement.role == ast::Role::observed    ? "observed "
                           : statement.role == ast::Role::covariate ? "covariate "
                                                                    : "";
  const std::string value = !statement.value                       ? ""
                            : statement.role == ast::Role::derived ? sign('=') + print(*statement.value)
                                                                   : sign('~') + print(*statement.value);
  return role + print(statement.type) + " " + statement.name.text + value + ";";
}

std::string constant_text(const ast::ConstantDecl& constant) {
  return print(constant.type) + " " + constant.name.text + (constant.value ? sign('=') + print(*constant.value) : "") +
         ";";
}

std::string plate_text(const ast::PlateBlock& plate) {
  return "plate " + plate.name.text + "[" + print(*plate.size) + (plate.upper ? ":" + print(*plate.upper) : "") + "] {";
}

// Without blanks at the ends of its lines.
std::string trimmed(const std::string& comment) {
  std::string text;
  for (const char c : comment + "\n") {
    if (c == '\n') text.erase(text.find_last_not_of(" \t\r\f\v") + 1);
    text += c;
  }
  text.pop_back();
  return text;
}

// Goes through the tree and the comments side by side, in the order of the text.
class Printer {
 public:
  Printer(std::string text, const ast::Model& model) : text_(std::move(text)), lines_(text_), model_(model) {}

  std::string run() {
    const syntax::Token first = syntax::token_at(text_, 0);
    if (first.is("data")) data_block(first);
    open({model_.model_span.begin, find('{', model_.model_span.end) + 1}, "model {");
    body(model_.statements);
    close(find('}', end_));
    comments_before(static_cast<std::uint32_t>(text_.size()));
    return layout_.text();
  }

 private:
  std::uint32_t find(char c, std::uint32_t from) const { return static_cast<std::uint32_t>(text_.find(c, from)); }

  void data_block(const syntax::Token& word) {
    open({word.span.begin, find('{', word.span.end) + 1}, "data {");
    for (const ast::ConstantDecl& constant : model_.constants) item(constant.span, constant_text(constant));
    close(find('}', end_));
  }

  void body(const std::vector<ast::Statement>& statements) {
    for (const ast::Statement& statement : statements) {
      if (!statement.plate) {
        item(statement.span, variable_text(statement));
        continue;
      }
      const ast::PlateBlock& plate = *statement.plate;
      const std::uint32_t size_end = (plate.upper ? plate.upper : plate.size)->span.end;
      open({statement.span.begin, find('{', size_end) + 1}, plate_text(plate));
      body(plate.body);
      close(statement.span.end - 1);
    }
  }

  void item(Span span, const std::string& code) {
    const std::vector<syntax::PlacedComment> later = print_code(span, code);
    trailing_comments(later);
  }

  void open(Span span, const std::string& code) {
    const std::vector<syntax::PlacedComment> later = print_code(span, code);
    layout_.indent();
    at_block_begin_ = true;
    trailing_comments(later);
  }

  // One piece of code with the comments before it and inside of it; returns those that belong behind it.
  std::vector<syntax::PlacedComment> print_code(Span span, const std::string& code) {
    comments_before(span.begin);
    keep_empty_line(span.begin);
    std::vector<syntax::PlacedComment> inside;
    for (; next_comment_begins_before(span.end); ++comment_) inside.push_back(placed(comment()));
    const syntax::Woven woven = syntax::weave(text_, span, code, inside);
    layout_.code(woven.pieces);
    end_ = span.end;
    at_block_begin_ = line_is_closed_ = false;
    return {inside.begin() + static_cast<long>(woven.rest), inside.end()};
  }

  void close(std::uint32_t brace) {
    comments_before(brace);
    layout_.outdent();
    layout_.code({{"}", syntax::always_broken, ""}});
    end_ = brace + 1;
    at_block_begin_ = line_is_closed_ = false;
    trailing_comments({});
  }

  void comments_before(std::uint32_t offset) {
    for (; next_comment_begins_before(offset); ++comment_) {
      keep_empty_line(comment().span.begin);
      on_own_line(placed(comment()));
      end_ = comment().span.end;
      at_block_begin_ = false;
    }
  }

  // Those that stood before the end of the code, then those on the rest of its line.
  void trailing_comments(const std::vector<syntax::PlacedComment>& inside) {
    for (const syntax::PlacedComment& comment : inside) trail(comment);
    for (; comment_ < model_.comments.size() && !line_is_closed_; ++comment_) {
      if (!only_blanks(end_, comment().span.begin)) return;
      trail(placed(comment()));
      end_ = comment().span.end;
    }
  }

  void trail(const syntax::PlacedComment& comment) {
    if (comment.own_line || line_is_closed_) return on_own_line(comment);
    layout_.trailing_comment(comment.text);
    line_is_closed_ = comment.ends_line() || comment.text.find('\n') != std::string::npos;
  }

  void on_own_line(const syntax::PlacedComment& comment) {
    layout_.comment(comment.text, lines_.indentation(comment.begin));
    line_is_closed_ = true;
  }

  // An empty line of the text between what was printed last and `offset` stays; at the beginning of a block it goes.
  void keep_empty_line(std::uint32_t offset) {
    if (at_block_begin_ || offset <= end_) return;
    if (std::count(text_.begin() + end_, text_.begin() + offset, '\n') > 1) layout_.empty_line();
  }

  bool only_blanks(std::uint32_t begin, std::uint32_t end) const {
    return std::all_of(text_.begin() + begin, text_.begin() + end, [](char c) { return c == ' ' || c == '\t'; });
  }

  syntax::PlacedComment placed(const ast::Comment& comment) const {
    return {comment.span.begin, trimmed(comment.text), lines_.is_alone(comment.span)};
  }

  const ast::Comment& comment() const { return model_.comments[comment_]; }
  bool next_comment_begins_before(std::uint32_t offset) const {
    return comment_ < model_.comments.size() && comment().span.begin < offset;
  }

  const std::string text_;  // without comments, so that a brace is a brace
  const syntax::CodeLines lines_;
  const ast::Model& model_;
  syntax::Layout layout_;
  std::size_t comment_ = 0;      // the next one to print
  std::uint32_t end_ = 0;        // of what was printed last
  bool at_block_begin_ = true;   // nothing but a brace has been printed before
  bool line_is_closed_ = false;  // nothing can follow on the last line
};

}  // namespace

std::string format(const SourceFile& source, const ast::Model& model) {
  Diagnostics none;  // the text has been parsed
  syntax::Reporter reporter(none);
  return Printer(syntax::scan(source, reporter).text, model).run();
}

}  // namespace adavi
