/** The Spanish words of the report for a parliament. They are the form that the English ones have. */
export const REPORT_ES = {
  from: 'Primer día',
  until: 'Último día',
  threshold: 'Ocultar cifras menores que',
  make: 'Hacer el informe',
  title: 'Informe sobre las consultas entre países',
  period: (from: string, until: string) => `Del ${from} al ${until} (UTC).`,
  whose: (country: string | null) =>
    country === null ? 'Consultas de todos los países.' : `Consultas que tocan a ${country}.`,
  withheld: 'oculta',
  allWithheld: 'Toda la tabla se oculta: tiene tan pocas consultas que se podrían calcular las cifras pequeñas.',
  withheldWhy: (threshold: number) =>
    `«Oculta» es una cifra de 1 a ${threshold - 1}, u otra que permitiría calcularla. Un total que falta se oculta por lo mismo.`,
  only: 'Este informe solo tiene cifras. No dice quién consultó, por quién ni con qué respuesta.',
  root: 'Raíz del árbol',
  verify: 'Cómo comprobarlo',
  verifyHow:
    'Quien tiene los registros de las pasarelas, y una política de confianza de alguien en quien confía, ejecuta este comando: cuenta otra vez y compara cada cifra.',
  policyFile: 'politica-de-confianza',
  logFolder: 'pasarela',
  notOver: 'El último día todavía no termina: el mismo informe, hecho mañana, puede tener cifras mayores.',
  save: 'Guardar como JSON',
  print: 'Imprimir',
  made: (time: string) => `Hecho el ${time} (UTC).`,
  cut: 'Una tabla tiene más de 100 filas. Acorte el período.',
  threshHint: '3 o más',
} as const
