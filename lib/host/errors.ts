/** An error that the user can fix. Its message is a sentence that says how. */
export class UserError extends Error {
  override readonly name = "UserError";
}
