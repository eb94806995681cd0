#include "syntax/printer.hpp"

#include <algorithm>

#include "syntax/layout.hpp"
#include "syntax/print_expression.hpp"
#include "syntax/scan.hpp"

namespace adavi {
namespace {

using syntax::print;

std::string variable_text(const ast::Statement& statement) {
  const std::string role = statement.role == ast::Role::observed    ? "observed "
                           : statement.role == ast::Role::covariate ? "covariate "
                                                                    : "";
  const std::string value = !statement.value                       ? ""
                            : statement.role == ast::Role::derived ? " = " + print(*statement.value)
                                                                   : " ~ " + print(*statement.value);
  return role + print(statement.type) + " " + statement.name.text + value + ";";
}

std::string constant_text(const ast::ConstantDecl& constant) {
  return print(constant.type) + " " + constant.name.text + (constant.value ? " = " + print(*constant.value) : "") + ";";
}

std::string plate_text(const ast::PlateBlock& plate) {
  return "plate " + plate.name.text + "[" + print(*plate.size) + (plate.upper ? ":" + print(*plate.upper) : "") + "] {";
}

// Goes through the tree and the comments side by side, in the order of the text.
class Printer {
 public:
  Printer(std::string text, const ast::Model& model) : text_(std::move(text)), model_(model) {}

  std::string run() {
    if (!model_.constants.empty()) data_block();
    const auto brace = static_cast<std::uint32_t>(text_.find('{', model_.model_span.end));
    item({model_.model_span.begin, brace + 1}, "model {");
    body(model_.statements);
    close(static_cast<std::uint32_t>(text_.find('}', end_)));
    comments_before(static_cast<std::uint32_t>(text_.size()));
    return layout_.text();
  }

 private:
  void data_block() {
    const auto word = static_cast<std::uint32_t>(text_.find("data"));
    const auto brace = static_cast<std::uint32_t>(text_.find('{', word));
    item({word, brace + 1}, "data {");
    layout_.indent();
    for (const ast::ConstantDecl& constant : model_.constants) item(constant.span, constant_text(constant));
    close(static_cast<std::uint32_t>(text_.find('}', end_)));
  }

  void body(const std::vector<ast::Statement>& statements) {
    layout_.indent();
    for (const ast::Statement& statement : statements) {
      if (!statement.plate) {
        item(statement.span, variable_text(statement));
        continue;
      }
      const ast::PlateBlock& plate = *statement.plate;
      const std::uint32_t size_end = (plate.upper ? plate.upper : plate.size)->span.end;
      const auto brace = static_cast<std::uint32_t>(text_.find('{', size_end));
      item({statement.span.begin, brace + 1}, plate_text(plate));
      body(plate.body);
      close(statement.span.end - 1);
    }
  }

  // One piece of code with its comments: those before it, those inside of it, those behind it on its line.
  void item(Span span, const std::string& code) {
    comments_before(span.begin);
    keep_empty_line(span.begin);
    for (; next_comment_begins_before(span.end); ++comment_) layout_.comment(comment_text());
    layout_.code(code);
    end_ = span.end;
    at_block_begin_ = code.back() == '{';
    trailing_comments();
  }

  void close(std::uint32_t brace) {
    comments_before(brace);
    layout_.outdent();
    layout_.code("}");
    end_ = brace + 1;
    at_block_begin_ = false;
    trailing_comments();
  }

  void comments_before(std::uint32_t offset) {
    for (; next_comment_begins_before(offset); ++comment_) {
      keep_empty_line(comment().span.begin);
      layout_.comment(comment_text());
      end_ = comment().span.end;
      at_block_begin_ = false;
    }
  }

  void trailing_comments() {
    for (; comment_ < model_.comments.size(); ++comment_) {
      if (!only_blanks(end_, comment().span.begin)) return;
      layout_.trailing_comment(comment_text());
      end_ = comment().span.end;
      if (comment().text.find('\n') != std::string::npos) return (void)++comment_;
    }
  }

  // An empty line of the text between what was printed last and `offset` stays; at the beginning of a block it goes.
  void keep_empty_line(std::uint32_t offset) {
    if (at_block_begin_ || offset <= end_) return;
    if (std::count(text_.begin() + end_, text_.begin() + offset, '\n') > 1) layout_.empty_line();
  }

  bool only_blanks(std::uint32_t begin, std::uint32_t end) const {
    return std::all_of(text_.begin() + begin, text_.begin() + end, [](char c) { return c == ' ' || c == '\t'; });
  }

  const ast::Comment& comment() const { return model_.comments[comment_]; }
  bool next_comment_begins_before(std::uint32_t offset) const {
    return comment_ < model_.comments.size() && comment().span.begin < offset;
  }
  std::string comment_text() const {
    std::string text = comment().text;
    while (text.back() == ' ' || text.back() == '\t' || text.back() == '\r') text.pop_back();
    return text;
  }

  const std::string text_;  // without comments, so that a brace is a brace
  const ast::Model& model_;
  syntax::Layout layout_;
  std::size_t comment_ = 0;  // the next one to print
  std::uint32_t end_ = 0;    // of what was printed last
  bool at_block_begin_ = true;
};

}  // namespace

std::string format(const SourceFile& source, const ast::Model& model) {
  Diagnostics none;  // the text has been parsed
  syntax::Reporter reporter(none);
  return Printer(syntax::scan(source, reporter).text, model).run();
}

}  // namespace adavi
