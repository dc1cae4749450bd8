/** Names of data and the addresses of their pages. */

/** Where the columns of some data are looked at. */
export const dataLink = (name) => `#/data?${new URLSearchParams({ name })}`;

/** The last part of a name of data. */
export const shortName = (name) => name.split("/").at(-1);
