for (const button of document.querySelectorAll("button[data-copy]")) {
  const from = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(from.textContent.trimEnd());
    } catch { // only pages of this machine, or by TLS, have a clipboard
      getSelection().selectAllChildren(from);
      document.execCommand("copy");
    }
    document.getElementById("said").textContent = "copied";
  });
}
