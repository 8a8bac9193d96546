/** The Spanish words of notes. */
export const NOTES_ES = {
  notes: {
    title: 'Notas',
    where: 'Solo están en este navegador. Nunca se envían a nadie.',
    toAll: 'Todas mis notas',
    about:
      'Sus notas sobre personas y casos. Están solo en este navegador: no se envían a ningún país, ni a la pasarela, ni a su autoridad.',
    warning:
      'Quien usa esta misma cuenta de la computadora podría leerlas, porque no están cifradas. Siguen aquí al cerrar la sesión. Si el navegador borra sus datos, se pierden: expórtelas a un archivo.',
    none: 'Todavía no hay notas. Abra un expediente o un caso y escriba una abajo de la página.',
    new: 'Nota nueva',
    keep: 'Guardar nota',
    change: 'Cambiar la nota',
    remove: 'Borrar la nota',
    removed: 'La nota se borró.',
    removeAll: 'Borrar todo',
    removeAllAbout_one: 'Se borra su única nota de este navegador. No se puede recuperar, salvo de un archivo.',
    removeAllAbout_other:
      'Se borran sus {{count}} notas de este navegador. No se pueden recuperar, salvo de un archivo.',
    file: 'Llevar las notas a otro navegador',
    export: 'Exportar las notas',
    import: 'Importar un archivo de notas',
    importHelp: 'De dos versiones de una nota queda la más reciente. Ninguna otra nota se borra.',
    imported_one: 'Se importó {{count}} nota.',
    imported_other: 'Se importaron {{count}} notas.',
    problemFile: 'Este archivo no es de notas de Istmo. Elija uno que se hizo con «Exportar las notas».',
    problemVersion: 'Este archivo es de otra versión ({{version}}). Actualice la consola.',
    problemNote: 'La nota {{number}} del archivo no tiene la forma de una nota. No se importó nada.',
    problemTooMany: 'El archivo tiene {{count}} notas. Se permiten 10000: divídalo.',
    failed: 'El navegador no pudo leer o guardar las notas: {{message}}',
  },
}
