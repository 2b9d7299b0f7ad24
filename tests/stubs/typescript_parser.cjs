// Reads texts, a list in JSON, and prints what TypeScript's parser finds in each of them.
//
//     node typescript_parser.cjs FOLDER-OF-TYPESCRIPT < texts.json
const fs = require("fs");
const path = require("path");

const folder = process.argv[2];
const { version } = require(path.join(folder, "package.json"));
let ts;
try {
  ts = require(folder);
} catch {
  ts = {};
}
if (!ts.createSourceFile) {
  console.error(`typescript ${version} has no parser to call: npm install typescript@5.9`);
  process.exit(3);
}

function told(node) {
  return {
    kind: ts.SyntaxKind[node.kind],
    name: node.name ? node.name.text : null,
    type: node.type ? typeOf(node.type) : null,
    members: (node.members ?? []).map(told),
    comment: (node.jsDoc ?? []).map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? ""),
    tags: ts.getJSDocTags(node).map((tag) => [tag.tagName.text, ts.getTextOfJSDocComment(tag.comment) ?? ""]),
  };
}

// Of literals, what they say; of a union, its members.
function typeOf(node) {
  if (ts.isUnionTypeNode(node)) return node.types.map(typeOf);
  if (ts.isLiteralTypeNode(node)) return node.literal.text ?? ts.SyntaxKind[node.literal.kind];
  return ts.SyntaxKind[node.kind];
}

function found(text) {
  const file = ts.createSourceFile("types.d.ts", text, ts.ScriptTarget.Latest, true);
  return {
    errors: file.parseDiagnostics.map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n")),
    // What comments tell the compiler, and files that they lead to.
    orders: [
      ...file.pragmas.keys(),
      ...(file.commentDirectives ?? []).map((one) => text.slice(one.range.pos, one.range.end)),
      ...file.referencedFiles.map((one) => one.fileName),
    ],
    statements: file.statements.map(told),
  };
}

const texts = JSON.parse(fs.readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map(found)));
