/**
 * What oclif's usage line cannot draw right, it draws broken: a flag that stands in two groups (`[--a |  | [--b | --c]]`), and
 * several flags that want the same one (`[--ca FILE ]`). Relations that are told this way are checked all the same, with
 * the same words, and the usage line leaves them to the text below it.
 */

type Relation = { type: 'all' | 'none'; flags: string[] }

/** Each of `flags` has to be given as well. */
export const needs = (...flags: string[]): Relation[] => [{ type: 'all', flags }]

/** None of `flags` may be given as well. */
export const excludes = (...flags: string[]): Relation[] => [{ type: 'none', flags }]
