/** A masked email address for logs: `a***@example.org`. */
export function masked(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '***' : `${email[0]}***${email.slice(at)}`;
}
