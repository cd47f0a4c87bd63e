import java.net.URI;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.ShardRecordProcessor;

/** A worker in a process of its own, to be killed: Child LEASES APPLICATION NAME STREAM FAN-OUT. */
final class Child {
    static final String STARTED = "started";

    public static void main(String[] args) throws Exception {
        try {
            new Worker(Clients.create(URI.create(args[0])), args[1], args[2], args[3], Boolean.parseBoolean(args[4]),
                    InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON),
                    Printer::new);
            System.out.println(STARTED);
            while (System.in.read() >= 0) {
                // The parent writes nothing; when this ends the parent has ended.
            }
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }

    /** Prints each record before its checkpoint is written, so that none can be lost. */
    private static final class Printer implements ShardRecordProcessor {
        @Override
        public void initialize(InitializationInput input) {}

        @Override
        public void processRecords(ProcessRecordsInput input) {
            StringBuilder lines = new StringBuilder();
            input.records().forEach(record -> lines.append(record.partitionKey()).append(' ')
                    .append(Ledger.number(record)).append('\n'));
            if (!lines.isEmpty()) {
                System.out.print(lines);
                System.out.flush();
                checkpoint(() -> input.checkpointer().checkpoint());
            }
        }

        @Override
        public void leaseLost(LeaseLostInput input) {}

        @Override
        public void shardEnded(ShardEndedInput input) {
            checkpoint(() -> input.checkpointer().checkpoint());
        }

        @Override
        public void shutdownRequested(ShutdownRequestedInput input) {}

        private static void checkpoint(Checkpoint checkpoint) {
            try {
                checkpoint.write();
            } catch (ShutdownException lost) {
                // Another worker has the shard by now and handles these records again.
            } catch (Exception failure) {
                System.out.println("failure " + failure);
            }
        }
    }

    private interface Checkpoint {
        void write() throws Exception;
    }

    private Child() {}
}
