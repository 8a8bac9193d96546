/** The names of the auditor's rooms, which the menu needs before any of them is loaded. */
export const AUDIT_MENU = {
  es: {
    search: 'Buscar asientos',
    entry: 'Asiento',
    counts: 'Recuentos',
    patterns: 'Patrones',
    record: 'Quién vio un registro',
    logs: 'Registros de auditoría',
    reconciliation: 'Comparar dos registros',
    report: 'Informe público',
  },
  en: {
    search: 'Search entries',
    entry: 'Entry',
    counts: 'Counts',
    patterns: 'Patterns',
    record: 'Who saw a record',
    logs: 'Audit logs',
    reconciliation: 'Compare two logs',
    report: 'Public report',
  },
} as const
