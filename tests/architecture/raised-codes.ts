import type { Node } from 'oxc-parser'
import { type Module, nodesOf } from '../../tools/structure/modules.ts'

/** Members that only ask for a text, so that a code among their arguments is not raised. */
const ASKING = new Set(['includes', 'has', 'get', 'indexOf', 'startsWith', 'endsWith', 'literal'])

/**
 * Finds the texts that a module gives as a code: as an argument of a function or a constructor (`new IstmoError('CODE')`), as a member
 * `code` or `reach` (of an outcome, an error or a note), as the key of a table of codes by error, or as the result of a function. A text that
 * is only compared, listed or typed is not raised.
 */
export function raisedIn(module: Pick<Module, 'program'>): readonly string[] {
  const raised: string[] = []
  const give = (node: Node | null | undefined): void => {
    if (!node) return
    if (node.type === 'Literal' && typeof node.value === 'string') raised.push(node.value)
    if (node.type === 'ConditionalExpression') [node.consequent, node.alternate].forEach(give)
    if (node.type === 'LogicalExpression') [node.left, node.right].forEach(give)
    if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression') give(node.expression)
  }
  for (const node of nodesOf(module)) {
    if (node.type === 'NewExpression' || (node.type === 'CallExpression' && !isAsking(node.callee))) {
      node.arguments.forEach(give)
    } else if (node.type === 'Property' && isCodeKey(node.key)) give(node.value)
    else if (node.type === 'ReturnStatement') give(node.argument)
    else if (node.type === 'ArrowFunctionExpression' && node.expression) give(node.body)
    else if (node.type === 'AssignmentExpression') give(node.right)
  }
  return raised
}

function isAsking(callee: Node): boolean {
  return callee.type === 'MemberExpression' && 'name' in callee.property && ASKING.has(String(callee.property.name))
}

function isCodeKey(key: Node): boolean {
  return key.type === 'Identifier' && (key.name === 'code' || key.name === 'reach')
}
