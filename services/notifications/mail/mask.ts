/** An email address as logs may hold it: enough to find it again by someone who knows it, `a***@example.org`. */
export function masked(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '***' : `${email[0]}***${email.slice(at)}`;
}
