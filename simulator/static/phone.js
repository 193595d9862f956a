// Keeps the open thread fresh; without it the page works, only not live.
(() => {
  const thread = document.getElementById("thread");
  if (!thread) return;
  const down = () => { thread.scrollTop = thread.scrollHeight; };
  let shown = "";
  const refresh = async () => {
    try {
      const answer = await fetch(thread.dataset.refresh);
      if (!answer.ok) return;
      const fresh = await answer.text();
      if (fresh === shown) return;
      const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 40;
      thread.innerHTML = shown = fresh;
      if (atEnd) down();
    } catch {
      // The simulator is away; the next turn asks again.
    }
  };
  down();
  setInterval(refresh, 1000);
})();
