// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// The data of a job that a monitor needs to start its worker.
public struct CodeImportJobData: Sendable, Hashable {
    /// The arguments that follow ``WorkerMonitorConfiguration/workerCommand``.
    ///
    /// If that command is empty, the arguments are the complete command line.
    public var arguments: [String]

    /// The URL of the imported repository, or `nil` if the job imports nothing.
    ///
    /// The monitor itself does not use the URL.
    public var targetURL: String?

    /// The name of the job's log file without a folder, or `nil` to leave the name to the monitor.
    public var logFileName: String?

    /// Creates the data of a job.
    public init(arguments: [String], targetURL: String? = nil, logFileName: String? = nil) {
        self.arguments = arguments
        self.targetURL = targetURL
        self.logFileName = logFileName
    }
}

/// The error of a call about a job that the scheduler does not know, or no longer knows.
///
/// A monitor that receives this error stops the worker and does not finish the job. Every other
/// failed call may be repeated. In Launchpad's XML-RPC interface this error is fault 360.
public struct NoSuchCodeImportJob: Error, Sendable, Hashable, CustomStringConvertible {
    /// The code of the fault in the XML-RPC interface.
    ///
    /// Compare this code, not the text of the fault.
    public static let faultCode = 360

    /// The id that the scheduler does not know.
    public var jobID: Int64

    /// Creates an error for the job with this id.
    public init(jobID: Int64) {
        self.jobID = jobID
    }

    /// A sentence that contains the id.
    public var description: String { "No such code import job: \(self.jobID)." }
}

/// An error of a scheduler that knows whether it is permanent.
///
/// A monitor repeats a call that failed with any other error, because the failure may be temporary.
public protocol LastingSchedulerFailure: Error {
    /// Whether a repeated call would certainly fail too.
    ///
    /// In that case the monitor does not repeat the call. If the call was a finish, the monitor
    /// saves the report in its ``ReportSpool`` at once.
    var isLasting: Bool { get }
}

/// The service that hands out import jobs and records their results.
///
/// A job id identifies one attempt. When the attempt is finished, reclaimed or handed back, the id
/// becomes unknown, and the next attempt gets another id. A monitor that is too late therefore
/// receives ``NoSuchCodeImportJob`` and cannot affect the next attempt.
///
/// Every method returns a deferred that fires on the reactor's thread, and must not block. A
/// failure counts as temporary unless it is ``NoSuchCodeImportJob`` or a
/// ``LastingSchedulerFailure``. Callers may repeat a call that failed, with one exception: if only
/// the response of ``getJobForMachine(_:workerLimit:)`` was lost, the job is claimed and stays
/// claimed until the scheduler reclaims it, so a repeated call would claim another job.
public protocol CodeImportScheduler: AnyObject {
    /// Claims the next due job for a machine.
    ///
    /// The job counts as running from then on, as if its first heartbeat had just arrived.
    ///
    /// - Parameters:
    ///   - hostname: The name of the machine.
    ///   - workerLimit: How many jobs may run on the machine at once.
    /// - Returns: A deferred with the job's id, or with `nil` if no job is due or the limit
    ///   is reached.
    func getJobForMachine(_ hostname: String, workerLimit: Int) -> Deferred<Int64?>

    /// Returns the data that is needed to start the worker of a job.
    ///
    /// Fails with ``NoSuchCodeImportJob`` if the job no longer exists.
    func getImportDataForJobID(_ jobID: Int64) -> Deferred<CodeImportJobData>

    /// Records a heartbeat of a job, together with the newest lines of its log.
    ///
    /// Fails with ``NoSuchCodeImportJob`` if the job no longer exists. The caller must then stop
    /// the worker, because another attempt may already be running.
    func updateHeartbeat(_ jobID: Int64, logTail: String) -> Deferred<Void>

    /// Records the result of a job and ends the job.
    ///
    /// The call may be repeated. It fails with ``NoSuchCodeImportJob`` if the job no longer exists,
    /// also if an earlier call succeeded and only its response was lost.
    func finishJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void>

    /// Returns an interrupted job, so that any monitor may claim its next attempt at once.
    ///
    /// The call may be repeated. It fails with ``NoSuchCodeImportJob`` if the job no longer exists.
    func handBackJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void>
}

extension CodeImportScheduler {
    /// Does nothing and succeeds.
    ///
    /// The default is for schedulers that cannot take a job back. The heartbeats of the job have
    /// stopped, so such a scheduler reclaims the job when its lease has expired.
    public func handBackJobID(_ jobID: Int64, report: JobReport) -> Deferred<Void> {
        .succeeded(())
    }
}
