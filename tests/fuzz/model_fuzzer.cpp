// Any bytes as a model's text, through the whole frontend (libFuzzer). Sanitizers and libFuzzer's limits find crashes,
// hangs and allocations; `expect` holds what must be true of every text.
#include <cstdio>
#include <cstdlib>

#include "codegen/describe.hpp"
#include "diagnostics/render.hpp"
#include "diagnostics/render_json.hpp"
#include "semantics/analyze.hpp"
#include "syntax/dump.hpp"
#include "syntax/parser.hpp"
#include "syntax/printer.hpp"

using namespace adavi;

namespace {

void expect(bool holds, const char* what, const std::string& detail = "") {
  if (holds) return;
  std::fprintf(stderr, "property broken: %s\n%s\n", what, detail.c_str());
  std::abort();
}

void expect_inside(Span span, const SourceFile& source) {
  expect(span.begin <= span.end && span.end <= source.text().size(), "spans lie inside of the text");
}

/// Whatever is said of a text, it points into the text and can be shown.
void expect_sound(const SourceFile& source, const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    expect(!diagnostic.code.empty() && !diagnostic.message.empty(), "a diagnostic says something");
    expect_inside(diagnostic.span, source);
    for (const Note& note : diagnostic.notes) {
      if (note.span) expect_inside(*note.span, source);
    }
  }
  render(source, diagnostics, true);
  render_json(source, diagnostics);
}

/// Values for scalars of the `data` block that have none, so that such texts get beyond it.
ConstantOverrides stand_ins(const ast::Model& tree) {
  ConstantOverrides values;
  for (const ast::ConstantDecl& constant : tree.constants) {
    const bool scalar = constant.type.array_sizes.empty() && constant.type.sizes.empty();
    if (!constant.value && scalar) values[constant.name.text] = {{}, {2.0}, true, "--set " + constant.name.text};
  }
  return values;
}

/// What `check` prints of a tree's model; empty where it has errors.
std::string description(const SourceFile& source, const ast::Model& tree) {
  Diagnostics diagnostics;
  const std::optional<HbmModel> model = analyze(tree, stand_ins(tree), diagnostics);
  diagnostics.sort();
  expect_sound(source, diagnostics);
  expect(model.has_value() != diagnostics.has_errors(), "the analysis gives a model or errors");
  if (!model) return "";
  const DualPlan plan = derive(*model, {});
  describe_json(*model, plan);
  return describe(*model, plan);
}

/// The canonical layout means the same as the text, and is its own.
void expect_same_meaning(const SourceFile& source, const ast::Model& tree) {
  const std::string text = format(source, tree);
  if (text.size() > source.text().size() && text.size() > (std::size_t{1} << 20))
    return;  // beyond what a text may have
  const SourceFile formatted("formatted.hbm", text);
  Diagnostics diagnostics;
  const std::optional<ast::Model> again = parse(formatted, diagnostics);
  expect(again.has_value(), "the canonical layout parses", render(formatted, diagnostics) + text);
  expect(test::dump(*again) == test::dump(tree), "the canonical layout has the same tree", text);
  expect(again->comments.size() == tree.comments.size(), "the canonical layout keeps the comments", text);
  expect(format(formatted, *again) == text, "the canonical layout is its own", text);
  expect(description(formatted, *again) == description(source, tree), "the canonical layout is the same model", text);
}

/// What can be read of a wrong text gives more errors, and no model.
void expect_errors(const SourceFile& source) {
  Diagnostics diagnostics;
  const std::optional<ast::Model> tree = parse_leniently(source, diagnostics);
  if (!tree) return;
  expect(tree->partial, "the tree of a wrong text is partial");
  expect(!analyze(*tree, stand_ins(*tree), diagnostics), "a wrong text gives no model");
  expect_sound(source, diagnostics);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const SourceFile source("model.hbm", std::string(reinterpret_cast<const char*>(data), size));
  Diagnostics diagnostics;
  const std::optional<ast::Model> tree = parse(source, diagnostics);
  expect_sound(source, diagnostics);
  expect(tree.has_value() != diagnostics.has_errors(), "the parser gives a tree or errors");
  tree ? expect_same_meaning(source, *tree) : expect_errors(source);
  return 0;
}
