/// Where a gateway listens for commands.
public enum ControlSocket {
    /// The path of the socket inside a state directory.
    ///
    /// - Parameter directory: the state directory.
    /// - Returns: the path.
    public static func path(in directory: String) -> String { directory + "/isthmus.sock" }
}
