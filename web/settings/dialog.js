/**
 * Calls `leave` when somebody asks to close a dialog, which stays open until that closes it and takes
 * it out of the page.
 * @param {HTMLDialogElement} dialog
 * @param {() => void} leave May ask, and let it stay.
 */
export function onLeave(dialog, leave) {
  dialog.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    leave();
  });
  dialog.addEventListener('cancel', (event) => {
    // That of the file's chooser bubbles: nobody wants to leave.
    if (event.target !== dialog || !event.cancelable) return;
    event.preventDefault();
    leave();
  });
  // Chromium closes it all the same where people ask twice without a click between.
  dialog.addEventListener('close', () => {
    if (!dialog.isConnected || dialog.open) return;
    dialog.showModal();
    leave();
  });
}
