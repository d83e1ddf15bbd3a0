/** `<type>:<id>`, as entries name what they are about. */
export const subjectPattern = /^[a-z]+:[A-Za-z0-9_.:-]{1,200}$/;
