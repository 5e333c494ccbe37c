import Glibc

/// A TCP port of a loopback address that takes no connection and refuses none, since its queue is full.
final class DeadEnd {
    let port: Int
    private var descriptors: [CInt] = []

    struct Failed: Error {}

    init(_ address: String, port wanted: Int = 0) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw Failed() }
        descriptors.append(listener)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(wanted).bigEndian
        guard unsafe inet_pton(AF_INET, address, &name.sin_addr) == 1 else { throw Failed() }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(listener, generic, size) == 0 && listen(listener, 0) == 0
                    && getsockname(listener, generic, &size) == 0
            }
        }
        guard bound else { throw Failed() }
        port = Int(in_port_t(bigEndian: name.sin_port))
        // A queue of length 0 takes one connection; the second one already waits for ever.
        for _ in 0..<4 {
            let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            descriptors.append(filler)
            _ = unsafe withUnsafePointer(to: &name) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(filler, $0, size) }
            }
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
