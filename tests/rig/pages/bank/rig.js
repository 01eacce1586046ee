// rig: what every page of the rig does: says that it was painted, and what it found out, to the server that it came from.
'use strict';
const Rig = {
  // Two frames: the first callback runs before the first paint, the second one after it.
  painted(detail) {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const size = innerWidth + 'x' + innerHeight;
      fetch('/painted?page=' + encodeURIComponent(location.pathname) + '&size=' + size + (detail ? '&' + detail : ''));
    }));
  },
  report(what, result) {
    const row = document.querySelector('#results')?.insertRow();
    if (row) {
      row.insertCell().textContent = what;
      row.insertCell().textContent = result;
    }
    return fetch('/report?what=' + encodeURIComponent(what) + '&result=' + encodeURIComponent(result));
  },
};
