//! Tells the viewers which versions Cargo.toml pins.

fn main() {
    println!("cargo:rerun-if-changed=Cargo.toml");
    let manifest = std::fs::read_to_string("Cargo.toml").expect("there is no Cargo.toml");
    for (package, variable) in [("str0m", "STR0M_VERSION"), ("webrtc", "WEBRTC_VERSION")] {
        let line = manifest.lines().find(|line| line.starts_with(&format!("{package} = "))).expect(package);
        let version = line.split('=').nth(3).and_then(|rest| rest.split('"').next()).expect(package);
        println!("cargo:rustc-env={variable}={version}");
    }
}
