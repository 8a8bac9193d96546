/** Where rows come from, as a mapping or an option says it. */
export type SourcePlace =
  | {
      readonly kind: 'SQL'
      /** `postgres:`, `mysql:`, `mariadb:` or `sqlserver:`, with the password if there is one. */
      readonly url: string
    }
  | ({ readonly kind: 'CSV' } & CsvForm)

/** How the bytes of a CSV file become rows. */
export interface CsvForm {
  /** The path of the file. */
  readonly path: string
  /** A label of the WHATWG Encoding Standard. Null: the mark at the beginning of the file decides, else UTF-8. */
  readonly encoding: string | null
  /** One character. */
  readonly delimiter: string
  /** One character, or null for a file without quotes. */
  readonly quote: string | null
}
