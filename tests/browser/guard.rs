//! Where a page must not go, and what it must not ask.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use tokio::net::{TcpListener, UdpSocket};

/// A port of this machine that counts who connects, whatever is spoken.
async fn witness() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, SeqCst);
        }
    });
    (port, count)
}

/// The same for datagrams.
async fn udp_witness() -> (u16, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let port = socket.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        let mut bytes = [0; 2048];
        while socket.recv(&mut bytes).await.is_ok() {
            counted.fetch_add(1, SeqCst);
        }
    });
    (port, count)
}

#[tokio::test]
async fn a_page_reaches_nothing_private() {
    let Some(chromium) = Chromium::shared() else { return };
    let (port, connections) = witness().await;
    let (udp_port, datagrams) = udp_witness().await;
    let body = format!(
        r#"<script>
        const said = [];
        const late = () => new Promise(ok => setTimeout(ok, 1500));
        const say = (what, p) => Promise.race([
            p.then(() => said.push(what + ' WORKS'), () => said.push(what + ' fails')),
            late().then(() => said.push(what + ' hangs'))]);
        const at = 'http://127.0.0.1:{port}/';
        const socket = url => new Promise((ok, no) => {{
            const s = new WebSocket(url); s.onopen = ok; s.onerror = no; s.onclose = no; }});
        const worker = new Blob([`fetch('${{at}}worker').then(() => postMessage('WORKS'), () => postMessage('fails'))`]);
        const asked = [
            say('metadata', fetch('http://169.254.169.254/latest/', {{mode: 'no-cors'}})),
            say('port', fetch(at, {{mode: 'no-cors'}})),
            say('name', fetch('http://localhost:{port}/', {{mode: 'no-cors'}})),
            say('number', fetch('http://2130706433:{port}/', {{mode: 'no-cors'}})),
            say('v6', fetch('http://[::ffff:127.0.0.1]:{port}/', {{mode: 'no-cors'}})),
            say('redirect', fetch('/redirect', {{mode: 'no-cors'}})),
            say('socket', socket('ws://127.0.0.1:{port}/')),
            say('worker', new Promise((ok, no) => {{
                const w = new Worker(URL.createObjectURL(worker));
                w.onmessage = m => m.data == 'WORKS' ? ok() : no(); w.onerror = no; }})),
        ];
        const stun = `try {{ const p = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{udp_port}'}},
            {{urls: 'turn:127.0.0.1:{port}?transport=tcp', username: 'u', credential: 'p'}}]}});
            p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o)); }} catch (e) {{}}`;
        Function(stun)();
        setTimeout(() => document.getElementById('f').submit(), 200);
        navigator.sendBeacon(at + 'beacon', 'x');
        Promise.all(asked).then(() => document.body.insertAdjacentHTML('beforeend', '<b id=done>' + said + '</b>'));
        document.write(`<img src=${{at}}i><iframe src=${{at}}f></iframe><link rel=preconnect href=${{at}}>
            <link rel=prefetch href=${{at}}p><link rel=preload as=script href=${{at}}l><script src=${{at}}s></` + `script>
            <object data=${{at}}o></object><video src=${{at}}v></video><iframe srcdoc="<script>${{stun}}</` + `script>"></iframe><iframe sandbox=allow-scripts
            srcdoc="<script>${{stun}}</` + `script>"></iframe><form id=f target=_blank action=${{at}}form></form>`);
        </script>"#
    );
    let server = shop(&body, move |request| match request.path.as_str() {
        "/redirect" => answer(302, &[&format!("Location: http://127.0.0.1:{port}/redirected")], ""),
        _ => nothing(request),
    })
    .await;
    let fetcher = fetcher(&[&server], settings(), browser_settings(&chromium));
    let policy = FetchPolicy { wait_for: Some("#done".to_owned()), ..by_browser() };
    let page = fetch(&fetcher, &server.url("/"), policy).await.unwrap();
    let (_, said) = page.text.split_once("<b id=\"done\">").unwrap_or_else(|| panic!("{}", page.text));
    let said = said.split('<').next().unwrap_or_default();
    assert!(said.contains("port fails") && !said.contains("WORKS"), "{said}");
    assert_eq!((connections.load(SeqCst), datagrams.load(SeqCst)), (0, 0), "{said}");
}

#[tokio::test]
async fn a_page_that_leads_away_to_what_is_private_is_refused() {
    let Some(chromium) = Chromium::shared() else { return };
    let (port, connections) = witness().await;
    for away in [
        page(format!("<script>location = 'http://127.0.0.1:{port}/'</script>")),
        page(format!("<meta http-equiv=refresh content='0;url=http://169.254.169.254:{port}/'>")),
        answer(302, &[&format!("Location: http://127.0.0.1:{port}/")], ""),
        answer(302, &["Location: http://169.254.169.254/latest/"], ""),
    ] {
        let server = Hostile::always(away).await;
        let failed = fetch_from(&chromium, &server).await.unwrap_err();
        assert!(matches!(failed, FetchError::Forbidden(_)), "{failed}");
    }
    for scheme in ["file:///etc/passwd", "chrome://version/", "ftp://127.0.0.1/"] {
        let server = Hostile::always(page(format!("<p>19</p><script>location = '{scheme}'</script>"))).await;
        let page = fetch_from(&chromium, &server).await;
        assert!(page.as_ref().is_ok_and(|page| page.text.contains("19")) || page.is_err(), "{scheme}");
        assert!(!page.is_ok_and(|page| page.text.contains("root:")), "{scheme}");
    }
    assert_eq!(connections.load(SeqCst), 0);
}

#[tokio::test]
async fn robots_txt_holds_for_whatever_a_page_asks() {
    let Some(chromium) = Chromium::shared() else { return };
    let body = "<b></b><script>fetch('/api/price').then(() => 'WORKS', () => 'fails')\
                .then(t => document.querySelector('b').textContent = t)</script>";
    let server = shop(body, |request| match request.path.as_str() {
        "/robots.txt" => answer(200, &[], "User-agent: *\nDisallow: /api\nDisallow: /private"),
        _ => json("{}"),
    })
    .await;
    let settings = FetchSettings { robots: true, ..settings() };
    let fetcher = fetcher(&[&server], settings, browser_settings(&chromium));
    let page = fetch(&fetcher, &server.url("/"), by_browser()).await.unwrap();
    assert!(page.text.contains("<b>fails</b>"), "{}", page.text);
    assert_eq!(fetch(&fetcher, &server.url("/private"), by_browser()).await.unwrap_err(), FetchError::Robots);
    assert_eq!(server.paths(), ["/robots.txt", "/"]);
}
