/**
 * Regular expressions for values in JSON texts. Each accepts only texts that `shape.accepts` would accept after parsing, and fewer: what they do
 * not know is not spliced. No part of them can match the same characters in two ways, so that they take linear time.
 */
import type { LeafShape } from '../types/shape.ts'

/** Thrown while a splicer is made, if the operation has something that is not spliced. */
export class Unspliceable extends Error {}

/** A string of JSON (RFC 8259, section 7). The escapes of one string are bounded, because each takes memory until the string ends. */
const STRING = '"[^"\\\\\\x00-\\x1f]*(?:\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\\\\x00-\\x1f]*){0,20000}"'

/** A number that is not negative zero, which JSON writes as 0, and not so large that it is infinite. */
const NUMBER = '(?:-(?=[0.]*[1-9]))?(?:0|[1-9][0-9]{0,99})(?:\\.[0-9]{1,99})?(?:[eE][+-]?[0-9]{1,2})?(?![0-9.eE])'

/** An integer of at most 32 bits. The few that are smaller than -1,999,999,999 or larger than 1,999,999,999 are not spliced. */
const INT = '(?:0|-?(?:[1-9][0-9]{0,8}|1[0-9]{9}))(?![0-9.eE])'

/** A string as it is in a representation: equal strings have equal texts, because there are no escapes and only ASCII. */
const KEY_STRING = '"[ !#-\\[\\]-~]*"'

const KEY_INTEGER = '(?:0|-?[1-9][0-9]{0,14})(?![0-9.eE])'

const LEAVES: Readonly<Record<string, string>> = {
  String: STRING,
  // An integer is an ID too, but the client gets a string.
  ID: STRING,
  Boolean: '(?:true|false)',
  Float: NUMBER,
  Int: INT,
}

const KEY_LEAVES: Readonly<Record<string, string>> = { String: KEY_STRING, ID: KEY_STRING, Int: INT }

/** Any leaf that the client did not ask for. */
export const ANY_LEAF = `(?:${STRING}|${NUMBER}|true|false|null)`

/** A leaf of a representation that the client did not ask for. */
export const ANY_KEY = `(?:${KEY_STRING}|${KEY_INTEGER})`

/**
 * Returns the pattern of a leaf that is not null.
 * @throws {Unspliceable} for a scalar whose values are unknown.
 */
export function leafPattern({ typeName, enumValues }: LeafShape): string {
  if (enumValues) return `"(?:${enumValues.map(checkName).join('|')})"`
  return known(LEAVES, typeName)
}

/**
 * Returns the pattern of a leaf that is part of a representation, and not null.
 * @throws {Unspliceable} for a type whose equal values may have different texts.
 */
export function keyPattern(shape: LeafShape): string {
  return shape.enumValues ? leafPattern(shape) : known(KEY_LEAVES, shape.typeName)
}

/** Returns a name, which is its own pattern. @throws {Unspliceable} if it is not a name of GraphQL, or sets the prototype of an object. */
export function checkName(name: string): string {
  if (!/^[_A-Za-z][_0-9A-Za-z]*$/.test(name) || name === '__proto__') throw new Unspliceable()
  return name
}

function known(patterns: Readonly<Record<string, string>>, typeName: string | null): string {
  const pattern = typeName !== null && Object.hasOwn(patterns, typeName) ? patterns[typeName] : undefined
  if (pattern === undefined) throw new Unspliceable()
  return pattern
}
