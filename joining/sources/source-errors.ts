import { CONNECTION_REMEDIES, describeFailure } from '../../service/describe-connection.ts'
import { SourceError } from './source.ts'

/** What a person does about a failure, by the code that Node or the database gives it. */
const REMEDIES: Readonly<Record<string, string>> = {
  ...CONNECTION_REMEDIES,
  ECONNRESET: 'the connection broke. Nothing was changed: run the command again.',
  PROTOCOL_CONNECTION_LOST: 'the connection broke. Nothing was changed: run the command again.',
  '57P01':
    'the server was stopped, or its administrator ended the connection. Nothing was changed: run the command again.',
  ER_ACCESS_DENIED_ERROR: 'the user or the password is wrong.',
  ER_DBACCESS_DENIED_ERROR: 'this user may not use this database. Grant it: grant select on DATABASE.* to USER.',
  ELOGIN: 'the user or the password is wrong.',
  ER_BAD_DB_ERROR: 'the server has no database of this name.',
  '42501': 'this user may not read it. Grant it: grant select on TABLE to USER.',
  ER_TABLEACCESS_DENIED_ERROR: 'this user may not read it. Grant it: grant select on TABLE to USER.',
  '42P01': 'there is no such table or view, or this user may not see its schema. Write SCHEMA.TABLE, or a select.',
  ER_NO_SUCH_TABLE: 'there is no such table or view. Write DATABASE.TABLE, or a select.',
  '3F000': 'there is no such schema.',
  '42703': 'there is no such column. Look at the columns with «istmo map».',
  ER_BAD_FIELD_ERROR: 'there is no such column. Look at the columns with «istmo map».',
  '42601': 'the select is not SQL as this database reads it. Try it there first.',
  ER_PARSE_ERROR: 'the select is not SQL as this database reads it. Try it there first.',
  '40001': 'the server ended the snapshot, because the rows changed too much. Run the command again.',
  '57014':
    'the server cancelled the statement. It took longer than an hour, or than the statement_timeout of this user.',
  '55P03': 'another program has locked the table. Run the command again later.',
  '25006': 'the select would write, and nothing is ever written to the source.',
  '22021': 'a text has bytes that its encoding does not have. Correct the row in the source.',
  '22P05': 'a text has a character that the encoding of the connection does not have. Correct the row in the source.',
}

/**
 * Makes the error of a source from what its driver threw.
 * @param label where the source is, without a password.
 * @param doing what was tried: `read the table expediente`.
 */
export function toSourceError(label: string, doing: string, error: unknown): SourceError {
  if (error instanceof SourceError) return error
  return new SourceError(describeFailure(label, doing, error, REMEDIES), { cause: error })
}
