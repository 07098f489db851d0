/* Helps where scripts run; the page says and does everything without. */
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

  /* Copy buttons, one a command. */
  const said = make('p', { className: 'only-heard' });
  said.setAttribute('role', 'status');
  document.body.append(said);
  for (const command of all('.command')) {
    const button = make('button', { type: 'button', className: 'copy', textContent: 'Copy' });
    button.addEventListener('click', async () => {
      const text = command.querySelector('code').textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = 'Copied';
      } catch {
        getSelection().selectAllChildren(command.querySelector('code'));
        button.textContent = 'Selected';
      }
      said.textContent = button.textContent;
      setTimeout(() => {
        button.textContent = 'Copy';
        said.textContent = '';
      }, 2000);
    });
    command.append(button);
  }

  /* What an address leads to stands open. */
  const reveal = () => {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    for (let box = target?.closest('details'); box; box = box.parentElement.closest('details')) {
      box.open = true;
    }
    if (target?.closest('.card')) {
      target.closest('.card').scrollIntoView();
    }
  };
  addEventListener('hashchange', reveal);
  reveal();

  /* Times in words go on with the clock, and tell the local one. */
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  const minute = 60_000;
  const tell = () => {
    for (const time of all('time[data-relative]')) {
      const distance = Date.parse(time.dateTime) - Date.now();
      const size = Math.abs(distance);
      const [unit, length] =
        size < 60 * minute ? ['minute', minute] : size < 2880 * minute ? ['hour', 60 * minute] : ['day', 1440 * minute];
      if (size >= minute) {
        time.textContent = words.format(Math.trunc(distance / length), unit);
      }
    }
  };
  for (const time of all('time[datetime]')) {
    const date = new Date(time.dateTime);
    if (!Number.isNaN(date.getTime())) {
      time.title = `${time.title ? `${time.title}; ` : ''}${date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })} here`;
    }
  }
  setInterval(tell, minute);

  /* Fields that ask for nothing stay out of the address; what is chosen is asked for at once. */
  const form = document.querySelector('form.filters');
  form?.addEventListener('formdata', ({ formData }) => {
    for (const [name, value] of [...formData]) {
      if (value === '') {
        formData.delete(name);
      }
    }
  });
  form?.addEventListener('change', ({ target }) => {
    if (target.matches('select')) {
      form.requestSubmit();
    }
  });

  /* All that is typed is looked for on this page; submitting looks in the whole report. */
  const cards = all('.card');
  const result = document.getElementById('result');
  const search = document.getElementById('q');
  if (search && cards.length > 0) {
    const asked = search.value;
    const before = result.textContent;
    const texts = cards.map((card) => card.textContent.toLowerCase());
    result.setAttribute('role', 'status');
    search.addEventListener('input', () => {
      const wanted = search.value === asked ? [] : search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      cards.forEach((card, index) => {
        card.hidden = !wanted.every((word) => texts[index].includes(word));
        shown += card.hidden ? 0 : 1;
      });
      for (const group of all('.group')) {
        group.hidden = !group.querySelector('.card:not([hidden])');
      }
      result.textContent =
        wanted.length === 0 ? before : `${shown} of ${cards.length} on this page. Enter looks in the whole report.`;
    });
  }

  /* All cards at once. */
  if (cards.length > 1) {
    const button = make('button', { type: 'button', className: 'plain', textContent: 'Expand all' });
    button.addEventListener('click', () => {
      const open = button.textContent === 'Expand all';
      for (const card of cards) {
        card.open = open;
      }
      button.textContent = open ? 'Collapse all' : 'Expand all';
    });
    result.after(button);
  }

  /* On paper nothing is folded. */
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = all('details:not([open])');
    for (const box of folded) {
      box.open = true;
    }
  });
  addEventListener('afterprint', () => {
    for (const box of folded) {
      box.open = false;
    }
  });
})();
